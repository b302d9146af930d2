import { createCipheriv } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";

const pieceBytes = 8 * 2 ** 20;

/** A file by its path, and how many bytes it holds. */
export type SampleFile = [path: string, bytes: number];

/** 10,000 files of 1 to 8 KiB in a hundred folders. */
export const smallFiles: SampleFile[] = Array.from({ length: 10_000 }, (_, index) => [
  `${Math.floor(index / 100)}/${index}.bin`,
  1_024 * (1 + (index % 8)),
]);

/** 2 GiB in four files. */
export const largeFiles: SampleFile[] = Array.from({ length: 4 }, (_, index) => [`${index}.bin`, 2 ** 29]);

/** Fills a folder with bytes that nothing can compress; another seed gives others. */
export async function writeSampleFiles(folder: string, files: SampleFile[], seed: number): Promise<void> {
  const key = Buffer.alloc(16, seed + 1);
  const random = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  const zeros = Buffer.alloc(pieceBytes);
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    const file = await open(join(folder, path), "w");
    for (let left = bytes; left > 0; left -= pieceBytes) await file.write(random.update(zeros.subarray(0, Math.min(left, pieceBytes))));
    await file.close();
  }
}
