import { expect, test } from "vitest";
import { printable } from "./table.ts";

test("what somebody wrote cannot move the cursor or turn the text around", () => {
  expect(printable("ok\u001b[1A\u001b[2Khidden \u202etxt")).toBe("ok\ufffd[1A\ufffd[2Khidden \ufffdtxt");
});

test("letters of every script and new lines stay", () => {
  expect(printable("zurück\nनमस्ते 🚀")).toBe("zurück\nनमस्ते 🚀");
});
