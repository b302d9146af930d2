import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { picture } from "./picture.ts";

test("the README's picture is the code's: where it differs, put this one there", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, drawn] = /<!-- states -->\n```mermaid\n([\s\S]*?)```\n<!-- \/states -->/.exec(readme) ?? [];
  expect(drawn).toBe(picture());
});
