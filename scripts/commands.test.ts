import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { expect, test } from "vitest";

const readme = readFileSync(join(checkoutFolder, "README.md"), "utf8");
const commands = [...new Set(readme.match(/(?<![\w./-])scripts\/[a-z]+\b(?![/.])/g))];

test("the README names the drill and the tests", () => {
  expect(commands).toEqual(expect.arrayContaining(["scripts/drill", "scripts/test"]));
});

test.each(commands)("%s stands there and can be run", (command) => {
  accessSync(join(checkoutFolder, command), constants.X_OK);
});
