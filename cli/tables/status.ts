import type { CanaryStatus, WorkloadStatus } from "@falconry/registry/status.ts";
import colours from "picocolors";
import { facts, shortDigest } from "./table.ts";

export function renderStatus({ workloads }: { workloads: WorkloadStatus[] }): string {
  return workloads.map(renderWorkload).join("\n\n");
}

function renderWorkload({ name, endpoint, state, champion, challenger, canary, agrees, differences }: WorkloadStatus): string {
  return facts([
    ["workload", name],
    ["endpoint", `${endpoint}, ${state.replaceAll("-", " ")}`],
    [
      "champion",
      champion === null ? "none yet" : `version ${champion.version}, run ${champion.run}, dataset ${shortDigest(champion.dataset)}`,
    ],
    ["challenger", challenger === null ? "none" : `version ${challenger.version}, promotion ${challenger.promotion}`],
    ...(canary === null ? [] : renderCanary(canary)),
    [
      "agreement",
      agrees
        ? { text: "registry, endpoint and ledger agree", colour: colours.green }
        : { text: differences.join("\n"), colour: colours.red },
    ],
  ]);
}

/** How the canary does, and under it what each check of the judge measured. */
function renderCanary({ verdict, findings, requests, bakedSeconds, maxBakeSeconds, because }: CanaryStatus): [string, string][] {
  const { champion, challenger } = requests;
  return [
    ["canary", `${verdict} after ${Math.round(bakedSeconds)} of at most ${maxBakeSeconds} s: ${because}`],
    ["", `${challenger} requests to the challenger, ${champion} to the champion`],
    ...findings.map((finding): [string, string] => ["", `${finding.name}: ${finding.verdict}, ${finding.measured}`]),
  ];
}
