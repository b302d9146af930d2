import type { Progress } from "@falconry/environment/progress.ts";

/** Lines in all. */
const lines = 20;

/** Tells of work on many bytes, one line for each twentieth. @returns takes the bytes that were done since */
export function byteProgress(progress: Progress, total: number, what: string): (bytes: number) => void {
  let done = 0;
  return (bytes) => {
    const before = Math.floor((lines * done) / total);
    done += bytes;
    if (Math.floor((lines * done) / total) > before) progress(`${what}: ${megabytes(done)} of ${megabytes(total)} MB`);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
