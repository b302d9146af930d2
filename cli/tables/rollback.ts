import type { RollbackReport } from "@falconry/registry/rollback.ts";

export function renderRollback({ workload, from, to, seconds }: RollbackReport): string {
  return `${workload} answers with version ${to} again, ${seconds} s after the command; version ${from} stays registered`;
}
