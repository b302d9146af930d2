import { createHash } from "node:crypto";
import { sha256 } from "@falconry/environment/canonical.ts";
import { describe, expect, test } from "vitest";
import { chunkBytes, cutPoint } from "./content-cut.ts";

const content = createHash("shake256", { outputLength: 64 * 2 ** 20 })
  .update("content")
  .digest();

function chunks(bytes: Uint8Array): string[] {
  const digests: string[] = [];
  for (let rest = bytes; rest.byteLength > 0; ) {
    const end = cutPoint(rest);
    digests.push(sha256(rest.subarray(0, end)));
    rest = rest.subarray(end);
  }
  return digests;
}

/** How many chunks of the second are not among the first's. */
function resent(before: Uint8Array, after: Uint8Array): number {
  const known = new Set(chunks(before));
  return chunks(after).filter((digest) => !known.has(digest)).length;
}

describe("a large file", () => {
  test("is cut into chunks of 4 to 8 MiB", () => {
    const sizes: number[] = [];
    for (let rest = content; rest.byteLength > 0; rest = rest.subarray(sizes.at(-1))) sizes.push(cutPoint(rest));
    expect(sizes.reduce((sum, size) => sum + size)).toBe(content.byteLength);
    for (const size of sizes.slice(0, -1)) {
      expect(size).toBeGreaterThanOrEqual(chunkBytes.min);
      expect(size).toBeLessThanOrEqual(chunkBytes.max);
    }
    expect(sizes.some((size) => size > chunkBytes.min && size < chunkBytes.max)).toBe(true);
  });

  test("of one byte that changed re-sends one chunk", () => {
    const changed = Buffer.from(content);
    changed.set([(content[30_000_000] ?? 0) ^ 1], 30_000_000);
    expect(resent(content, changed)).toBe(1);
  });

  test("with bytes put in at its beginning re-sends the chunks around them", () => {
    const longer = new Uint8Array(content.byteLength + 100);
    longer.set(content, 100);
    expect(resent(content, longer)).toBeLessThanOrEqual(4);
  });

  test("that goes on re-sends its last chunk and what is new", () => {
    expect(resent(content.subarray(0, 40 * 2 ** 20), content.subarray(0, 41 * 2 ** 20))).toBeLessThanOrEqual(2);
  });
});

test("content without any variety is cut at the largest size", () => {
  expect(cutPoint(new Uint8Array(3 * chunkBytes.max))).toBe(chunkBytes.max);
  expect(cutPoint(new Uint8Array(10))).toBe(10);
});
