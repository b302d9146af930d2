import type { RegistryContext } from "../../context.ts";
import { describeEndpoint } from "../../endpoint/describe.ts";
import { type ProbeOutcome, probe } from "../../endpoint/probe.ts";
import { probeRowsSchema } from "../../endpoint/probe-rows.ts";
import { evidenceStore, readEvidence } from "../../ledger/evidence.ts";
import type { Action } from "../action.ts";
import type { Target } from "../operation.ts";
import type { Story } from "../story.ts";

/** The endpoint says that it came up; only answers of the right version prove it. */
export async function readBack(
  context: RegistryContext,
  story: Story,
  { operation, way }: Extract<Action, { type: "probe" }>,
): Promise<void> {
  const { id } = operation;
  const { config, version } = way.to;
  const isForward = way.state === "deploying" || way.state === "completing";
  context.progress(`${id}: probing ${story.endpoint.name}`);
  const outcome = await ask(context, story, way.to);
  // Answers count for the configuration that still stands after them: the look before them may have been an old one.
  const after = await describeEndpoint(context.environment.sagemaker, story.endpoint.name);
  if (after?.status !== "InService" || after.config !== config) return;
  if (!outcome.answered) {
    const wrong = { promotion: id, reason: outcome.because };
    return story.record(isForward ? { type: "giving-up", by: "probe", ...wrong } : { type: "failed", ...wrong });
  }
  const answered = { promotion: id, version, config, probes: outcome.probes };
  if (isForward) return story.record({ type: "live", ...answered });
  const seconds = Math.max(0, (outcome.firstAnswer.getTime() - Date.parse(way.begun)) / 1000);
  return story.record({ type: "rolled-back", ...answered, seconds });
}

async function ask(context: RegistryContext, { workload, endpoint, state }: Story, { version, deployment }: Target): Promise<ProbeOutcome> {
  // The bootstrap model answers anything with nothing: that it serves is all that can be said.
  if (deployment === undefined) return { answered: true, probes: 0, firstAnswer: context.now() };
  const { run, dataset, package: digest } = deployment;
  const kept = state.probeRows.get(digest);
  if (kept === undefined) throw new Error(`no rows were kept for package ${digest}, which passed the gates`);
  const rows = probeRowsSchema.parse(await readEvidence(evidenceStore(context.environment), kept));
  return probe(context, endpoint, { model: { name: workload, version }, run, dataset }, rows);
}
