import type { Gate } from "./gate.ts";

/** The version reaches the raw records: run, feature set and dataset version are there, and their manifests hash to what is said of them. */
export const lineageComplete: Gate = {
  name: "lineage-complete",
  required: () => "run, feature set and dataset version are named, are there, and hash right",
  async measure({ candidate }) {
    const { run, features, featureSet } = await candidate.lineage();
    const { name, digest } = featureSet.dataset;
    const found = await candidate.contradictions();
    return {
      passed: found.length === 0,
      measured: found.join("; ") || `run ${run.info.runId}, features ${short(features)}, dataset ${name} ${short(digest)}`,
      evidence: { run: run.info.runId, features, dataset: digest },
    };
  },
};

function short(digest: string): string {
  return digest.slice(0, 12);
}
