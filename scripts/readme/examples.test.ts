import { expect, test } from "vitest";
import { examplesOf, outputPattern } from "./examples.ts";

test("blocks tagged sh, ts and py are examples, others are for reading", () => {
  const markdown = "# A\n\n```sh\nls\n```\n\n```console\n$ rm -rf /\n```\n\n```py\nprint(1)\n```\n";
  expect(examplesOf(markdown)).toEqual([
    { language: "sh", code: "ls\n", line: 3, prints: [] },
    { language: "py", code: "print(1)\n", line: 11, prints: [] },
  ]);
});

test("a text block that follows at once is what the example prints", () => {
  const [example] = examplesOf("```sh\nls\n```\n\n```text\none\n\ntwo\n```\n");
  expect(example?.prints).toEqual(["one", "two"]);
});

test("a text block after other words is no output", () => {
  const [example] = examplesOf("```sh\nls\n```\n\nWhere things are:\n\n```text\none\n```\n");
  expect(example?.prints).toEqual([]);
});

test.each([
  ["falcon  version 1  accuracy 0.83", "falcon version 27 accuracy 0.9"],
  ["dataset 3f9a2c11d0e4", "dataset 0123456789ab"],
  ["took … in all", "took 3 s (much more than yesterday) in all"],
  ["champion (live)", "the champion (live) is fine"],
])("%j stands for %j", (written, printed) => {
  expect(printed).toMatch(outputPattern(written));
});

test("words are taken literally", () => {
  expect("champion live").not.toMatch(outputPattern("champion (live)"));
  expect("feedback").not.toMatch(outputPattern("defaced"));
});
