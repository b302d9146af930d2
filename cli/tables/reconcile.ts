import type { WorkloadStatus } from "@falconry/registry/status.ts";
import { renderStatus } from "./status.ts";

export function renderReconciled(report: { workloads: WorkloadStatus[] }): string {
  const open = report.workloads.filter(({ agrees }) => !agrees).length;
  return `${renderStatus(report)}\n\n${open === 0 ? "Nothing is left to repair" : `${open} workload(s) still differ`}`;
}
