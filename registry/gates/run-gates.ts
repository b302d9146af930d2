import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { unreachable } from "@falconry/environment/unreachable.ts";
import { packageDigest } from "@falconry/model/package.ts";
import type { PromotionSettings } from "@falconry/model/promotion-settings.ts";
import { MlflowError } from "mlflow-client";
import type { Deployment, Candidate as Judged } from "../endpoint/deployment.ts";
import type { ModelFiles } from "../endpoint/package.ts";
import { probeRows, type Row } from "../endpoint/probe-rows.ts";
import { type Evidence, evidenceStore, keepEvidence } from "../ledger/evidence.ts";
import { compatibleSignature } from "./compatible-signature.ts";
import { type Candidate, candidateOf, championOf } from "./contestant.ts";
import type { Contest, Gate, Measurement } from "./gate.ts";
import { lineageComplete } from "./lineage-complete.ts";
import { metricFloor } from "./metric-floor.ts";
import { notWorse } from "./not-worse.ts";
import { onnxParity } from "./onnx-parity.ts";
import { tensorsOnly } from "./tensors-only.ts";
import { Unmeasurable } from "./unmeasurable.ts";
import type { Verdict } from "./verdict.ts";

/** In the order in which they are shown. All are asked, whatever the ones before found. */
const allGates: readonly Gate[] = [lineageComplete, tensorsOnly, compatibleSignature, onnxParity, metricFloor, notWorse];

/** MLflow's own tag of a run: the user's name. */
const trainedByTag = "mlflow.user";

const tooManyRequests = 429;
const firstServerError = 500;

export interface GatesOutcome {
  gates: Verdict[];
  evidence: Evidence;
  /** Absent where a gate failed. */
  passed?: Passed;
}

/** Exactly what was judged, and all that deploying it takes. */
export interface Passed {
  candidate: Judged;
  files: ModelFiles;
  probeRows: Row[];
  /** Who the run says trained it. */
  trainedBy: string | null;
}

/**
 * Asks every gate about a registered version.
 *
 * @throws MlflowError and others where a service cannot be reached: that is no verdict, the gates can be run again
 */
export async function runGates(
  environment: Environment,
  workload: string,
  version: number,
  champion: Deployment | undefined,
  settings: PromotionSettings,
): Promise<GatesOutcome> {
  const candidate = candidateOf(environment, workload, version);
  const contest = { candidate, champion: champion && championOf(environment, champion), settings };
  const verdicts: Verdict[] = [];
  const found: Record<string, unknown> = {};
  try {
    for (const gate of allGates) {
      const { passed, measured, evidence } = await measure(gate, contest);
      verdicts.push({ name: gate.name, passed, measured, required: gate.required(settings) });
      if (evidence !== undefined) found[gate.name] = evidence;
    }
  } finally {
    await candidate.close();
    await contest.champion?.close();
  }
  const evidence = await keepEvidence(evidenceStore(environment), found);
  if (verdicts.some(({ passed }) => !passed)) return { gates: verdicts, evidence };
  return { gates: verdicts, evidence, passed: await passed(candidate) };
}

async function measure(gate: Gate, contest: Contest): Promise<Measurement> {
  try {
    return await gate.measure(contest);
  } catch (error) {
    const isReason = error instanceof Unmeasurable || error instanceof FalconryError || (error instanceof MlflowError && !isPassing(error));
    if (!isReason) throw error;
    return { passed: false, measured: `cannot be measured: ${error.message}` };
  }
}

/** MLflow cannot be reached, is overloaded, or is being mended: that says nothing about the version. */
function isPassing(error: MlflowError): boolean {
  return unreachable(error) !== undefined || error.status === tooManyRequests || (error.status ?? 0) >= firstServerError;
}

async function passed(contestant: Candidate): Promise<Passed> {
  const { run, features, featureSet } = await contestant.lineage();
  const files = await contestant.files();
  const candidate = {
    version: contestant.version,
    run: run.info.runId,
    dataset: featureSet.dataset.digest,
    features,
    package: packageDigest(files),
  };
  const trainedBy = run.data.tags[trainedByTag] ?? null;
  return { candidate, files, probeRows: probeRows(featureSet, await contestant.test()), trainedBy };
}
