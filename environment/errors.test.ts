import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FalconryError } from "./error.ts";
import { errorCatalogue } from "./error-catalogue.ts";

interface DocumentedError {
  code: string;
  exit: number;
  when: string;
  whatToDo: string;
}

const documented = readTable(readFileSync(new URL("errors.md", import.meta.url), "utf8"));

test("errors.md documents every code of the catalogue, and no other, with its exit code and when it is raised", () => {
  const catalogue = Object.entries(errorCatalogue).map(([code, entry]) => ({ code, exit: entry.exit, when: entry.when }));
  const document = documented.map(({ code, exit, when }) => ({ code, exit, when }));
  expect(sorted(document)).toEqual(sorted(catalogue));
});

test("every code is documented once, with what to do", () => {
  expect(new Set(documented.map(({ code }) => code)).size).toBe(documented.length);
  expect(documented.filter(({ whatToDo }) => whatToDo === "")).toEqual([]);
});

test("an error exits with the number of its code", () => {
  const error = new FalconryError("content.missing", { message: "s3://bucket/key does not exist", hint: "Restore it" });
  expect(error.exitCode).toBe(3);
});

function sorted<Entry extends { code: string }>(entries: Entry[]): Entry[] {
  return entries.toSorted((one, other) => (one.code < other.code ? -1 : 1));
}

function readTable(markdown: string): DocumentedError[] {
  const rows = markdown.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) => {
    const [, code = "", exit = "", when = "", whatToDo = ""] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { code: code.replaceAll("`", ""), exit: Number(exit), when, whatToDo };
  });
}
