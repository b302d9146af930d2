/** Files below this size share chunks with their neighbours. */
export const smallFileBytes = 2 ** 20;

/** A chunk of small files ends between these; on average somewhat above the sum of the least and {@link meanBehindLeast}. */
const least = 2 ** 20;
const most = 16 * 2 ** 20;
const meanBehindLeast = 4 * 2 ** 20;

/**
 * Whether a chunk of small files ends behind this one. The content decides, so that a file that was added, changed or removed changes the chunk it stands in
 * and not all that follow.
 *
 * @param packed bytes of the chunk so far, with this file's
 */
export function endsPack(packed: number, file: { sha256: string; bytes: number }): boolean {
  if (packed > most - smallFileBytes) return true;
  const uniform = Number.parseInt(file.sha256.slice(0, 8), 16) / 2 ** 32;
  return packed >= least && uniform < file.bytes / meanBehindLeast;
}
