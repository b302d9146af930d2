import type { Ingested } from "@falconry/training/datasets/ingest.ts";
import { facts, shortDigest } from "./table.ts";

export function renderIngest({ dataset, accepted, quarantined, quarantine, uploaded }: Ingested): string {
  return facts([
    ["dataset", `${dataset.name} ${shortDigest(dataset.digest)}, ${uploaded === 0 ? "which was there already" : "new"}`],
    ["accepted", `${accepted} of ${accepted + quarantined} records`],
    ["quarantined", quarantine === null ? "none" : `${quarantined}, each with its reason: ${quarantine}`],
  ]);
}
