import { createHash } from "node:crypto";

/** Bytes of a chunk of a large file. All but a file's last chunk are between the two. */
export const chunkBytes = { min: 4 * 2 ** 20, max: 8 * 2 ** 20 };

/** How many bits of the rolling hash must be zero: a cut comes every 2^20 bytes where one may come. */
const zeroBits = 20;
const mask = ~0 << (32 - zeroBits);

/** The hash's word for each byte. Any fixed numbers do; others would cut every file anew. */
const gear = new Int32Array(256);
for (const byte of gear.keys()) gear[byte] = createHash("sha256").update(`falconry gear ${byte}`).digest().readInt32BE();

/**
 * Where the first chunk of a piece of a file ends, by its content: the same bytes are cut at the same places wherever they stand, so that a row that was put
 * in re-sends the chunks around it, and not all that come behind. The first {@link chunkBytes.min} bytes are never looked at, which is most of the work.
 *
 * @param content from the beginning of a chunk; at least {@link chunkBytes.max} bytes, or the rest of the file
 * @see Xia et al., FastCDC (USENIX ATC 2016): gear hash, cut-point skipping
 */
export function cutPoint(content: Uint8Array): number {
  const end = Math.min(content.byteLength, chunkBytes.max);
  let hash = 0;
  // The hash knows the last 32 bytes: it must have seen so many where a cut first counts.
  for (let at = chunkBytes.min - 32; at < end; at += 1) {
    hash = ((hash << 1) + (gear[content[at] ?? 0] ?? 0)) | 0;
    if ((hash & mask) === 0 && at >= chunkBytes.min) return at + 1;
  }
  return end;
}
