import { expect, test } from "vitest";
import { byteProgress } from "./byte-progress.ts";

test("a line is said for each twentieth", () => {
  const said: string[] = [];
  const add = byteProgress((line) => said.push(line), 200_000_000, "sent");
  for (let part = 0; part < 1_000; part += 1) add(200_000);
  expect(said).toHaveLength(20);
  expect(said[0]).toBe("sent: 10.0 of 200.0 MB");
  expect(said.at(-1)).toBe("sent: 200.0 of 200.0 MB");
});
