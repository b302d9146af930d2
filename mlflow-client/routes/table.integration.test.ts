import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { covered } from "./covered.ts";
import { routeTable, serverRoutes, tableIn } from "./table.ts";

const routes = serverRoutes(join(import.meta.dirname, "../../.venv/bin/python"));

test("the server has every route that the client asks for", () => {
  expect(routes).toEqual(expect.arrayContaining(covered.map(({ route }) => route)));
});

test("the README says of each of the server's routes which method asks for it, or why none does", () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  expect(tableIn(readme)).toBe(routeTable(routes));
});
