import type { WorkloadStatus } from "@falconry/registry/status.ts";
import colours from "picocolors";
import { facts, shortDigest } from "./table.ts";

export function renderStatus({ workloads }: { workloads: WorkloadStatus[] }): string {
  return workloads.map(renderWorkload).join("\n\n");
}

function renderWorkload({ name, endpoint, state, champion, challenger, agrees, differences }: WorkloadStatus): string {
  return facts([
    ["workload", name],
    ["endpoint", `${endpoint}, ${state.replaceAll("-", " ")}`],
    [
      "champion",
      champion === null ? "none yet" : `version ${champion.version}, run ${champion.run}, dataset ${shortDigest(champion.dataset)}`,
    ],
    ["challenger", challenger === null ? "none" : `version ${challenger.version}, promotion ${challenger.promotion}`],
    ["agreement", agrees ? colours.green("registry, endpoint and ledger agree") : colours.red(differences.join("\n           "))],
  ]);
}
