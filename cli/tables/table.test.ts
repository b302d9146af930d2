import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { facts, passed, printable, table } from "./table.ts";

test("what somebody wrote cannot move the cursor or turn the text around", () => {
  expect(printable("ok\u001b[1A\u001b[2Khidden \u202etxt")).toBe("ok\ufffd[1A\ufffd[2Khidden \ufffdtxt");
});

test("letters of every script and new lines stay", () => {
  expect(printable("zurück\nनमस्ते 🚀")).toBe("zurück\nनमस्ते 🚀");
});

const hostile = "0.1\u001b[2K\u001b[32mpassed";

test("a cell cannot paint over its neighbours", () => {
  const drawn = table(["gate", "", "measured"], [["floor", passed(false), hostile]]);
  expect(stripVTControlCharacters(drawn)).toContain("failed");
  expect(drawn).not.toContain("\u001b[2K");
  expect(drawn).not.toContain("\u001b[32mpassed");
});

test("a fact of several lines cannot pass for several facts", () => {
  expect(stripVTControlCharacters(facts([["agreement", `it differs\nchampion   version 7\u001b[1A`]]))).toBe(
    "agreement  it differs\n           champion   version 7\ufffd[1A",
  );
});
