import type { RegistryContext } from "../../context.ts";
import { publishPackage } from "../../endpoint/package.ts";
import { runGates } from "../../gates/run-gates.ts";
import { evidenceStore, keepEvidence } from "../../ledger/evidence.ts";
import type { Operation } from "../operation.ts";
import { champion } from "../state.ts";
import type { Story } from "../story.ts";

/** Runs the gates of a promotion. What passes is published and kept with them, so that nothing that comes after needs MLflow or the features. */
export async function judgeVersion(
  { environment, progress }: RegistryContext,
  story: Story,
  { id, version, settings }: Operation,
): Promise<void> {
  if (settings === undefined) throw new Error(`${id} has no settings to be judged by`);
  const live = champion(story.state);
  progress(`${id}: gates of version ${version}`);
  const { gates, passed, evidence } = await runGates(environment, story.workload, version, live, settings);
  const judged = { promotion: id, gates, champion: live?.version ?? null, evidence };
  if (passed === undefined) return story.record({ type: "gates-failed", ...judged });
  const { candidate, files, trainedBy } = passed;
  await publishPackage(environment, files);
  const probeRows = await keepEvidence(evidenceStore(environment), passed.probeRows);
  return story.record({ type: "gates-passed", ...judged, candidate, trainedBy, probeRows });
}
