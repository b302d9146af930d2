import type { RolledBack } from "../roll-back.ts";

export function renderRollback({ workload, from, to, seconds, already }: RolledBack): string {
  const again = already ? "; that was asked for before, and nothing more was done" : "";
  return `${workload} answers with ${named(to)} again, ${seconds} s after the command; ${named(from)} stays registered${again}`;
}

function named(version: number): string {
  return version === 0 ? "the bootstrap model" : `version ${version}`;
}
