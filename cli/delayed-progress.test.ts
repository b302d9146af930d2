import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { delayedProgress } from "./delayed-progress.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("work of less than a second stays silent", () => {
  const written: string[] = [];
  using progress = delayedProgress((text) => written.push(text));
  progress.line("reading");
  vi.advanceTimersByTime(999);
  expect(written).toEqual([]);
});

test("after a second the newest line is shown, and every line that follows", () => {
  const written: string[] = [];
  using progress = delayedProgress((text) => written.push(text));
  progress.line("reading");
  progress.line("fitting");
  vi.advanceTimersByTime(1000);
  progress.line("logging");
  expect(written).toEqual(["  fitting\n", "  logging\n"]);
});
