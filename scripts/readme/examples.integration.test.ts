import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { falconryDocument, promoted } from "@falconry/cli/promoted.fixture.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestRegion, type TestRegion } from "../testing/test-region.ts";
import { examplesOf, outputPattern } from "./examples.ts";
import { exampleVariables, runExample } from "./run-example.ts";

const paths = globSync("{*/,*/*/,}README.md", { cwd: checkoutFolder, exclude: (path) => /^(node_modules|dist|[.].*)$/.test(path) })
  .map((path) => join(checkoutFolder, path))
  .sort();
const readmes = paths
  .map((path) => ({ readme: relative(checkoutFolder, path), path, examples: examplesOf(readFileSync(path, "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

let region: TestRegion;
let variables: NodeJS.ProcessEnv;

/** A region of its own, in which falcon has been ingested, trained as version 1 and promoted: what a reader has after the drill. */
beforeAll(async () => {
  region = await startTestRegion();
  variables = await exampleVariables(region.folder);
  const falconry = (args: string[]) => falconryDocument(args, { variables });
  await falconry(["login", "scientist"]);
  await falconry(["ingest", "falcon"]);
  const { model } = await falconry(["train", "falcon"]);
  expect(await promoted("falcon", model.version, variables)).toMatchObject({ state: "live" });
});
afterAll(() => region?.stop());

describe.each(readmes)("$readme", ({ path, examples }) => {
  test.for(examples)("line $line, $language", async (example) => {
    const { exitCode, output } = await runExample(path, example, variables);
    expect(exitCode, output).toBe(0);
    for (const line of example.prints) expect(output).toMatch(outputPattern(line));
  });
});
