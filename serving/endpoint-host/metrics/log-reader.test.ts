import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LogReader } from "./log-reader.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-log-"));
});

afterAll(() => rm(folder, { recursive: true }));

test("a line is given once, when it is whole, whatever its bytes came in", async () => {
  const file = join(folder, "container.log");
  const bytes = Buffer.from("first\nzweite für später\nthird");
  const middleOfCharacter = bytes.indexOf("ü") + 1;
  await writeFile(file, bytes.subarray(0, middleOfCharacter));
  const reader = new LogReader(file);
  expect(await reader.lines()).toEqual(["first"]);
  await appendFile(file, bytes.subarray(middleOfCharacter));
  expect(await reader.lines()).toEqual(["zweite für später"]);
  expect(await reader.lines()).toEqual([]);
  await appendFile(file, "\n");
  expect(await Promise.all([reader.lines(), reader.lines()])).toEqual([["third"], []]);
  await reader.close();
});

test("lines longer than one reading come whole", async () => {
  const file = join(folder, "long.log");
  const long = "x".repeat(200_000);
  await writeFile(file, `${long}\n${long}\n`);
  const reader = new LogReader(file);
  expect(await reader.lines()).toEqual([long, long]);
  await reader.close();
});
