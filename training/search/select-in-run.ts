import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import type { Workload } from "@falconry/model/workload.ts";
import type { MlflowClient } from "mlflow-client";
import type { CrossValidated } from "../evaluation/cross-validate.ts";
import { meansOf } from "../evaluation/measure.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { foldMemory } from "../journal/fold-memory.ts";
import type { TrainingJournal } from "../journal/training-journal.ts";
import type { TrainingRun } from "../tracking/training-run.ts";
import { TrialRuns } from "../tracking/trial-runs.ts";
import { comparisonMetrics, nestedMetrics } from "../tracking/what-is-logged.ts";
import { nestedEstimate, shareOf, usualNesting } from "./nested.ts";
import { type Procedure, type Selection, selectCandidate } from "./select-candidate.ts";
import type { Trial } from "./trial.ts";

export interface Tracked {
  mlflow: MlflowClient;
  run: TrainingRun;
  /** Of each trial's run. */
  tags: Record<string, string>;
  journal: TrainingJournal;
  progress: Progress;
}

export interface Selected extends Selection {
  /** What the procedure, its search included, comes to on folds that it has not seen; undefined without a search, or where the rows are too few or too many. */
  nested: CrossValidated | undefined;
}

/**
 * {@link selectCandidate}, remembered in the journal and logged with the run: what each candidate came to, a child run per trial, and the nested estimate.
 *
 * @throws FalconryError `train.too-few-rows` where the metric cannot be had on any fold
 */
export async function selectInRun(
  rows: FeatureTable,
  procedure: Procedure,
  outerFolds: number | undefined,
  tracked: Tracked,
): Promise<Selected> {
  const { mlflow, run, tags, journal, progress } = tracked;
  const { budget, crossValidation } = procedure;
  const measured = foldMemory(journal);
  const nesting = budget === undefined ? 0 : (outerFolds ?? usualNesting(rows));
  const inner = { ...procedure, ...(budget && { budget: shareOf(budget, nesting) }) };
  const folds = crossValidation.folds * (crossValidation.repeats ?? 1);
  const trialRuns = new TrialRuns(mlflow, run, tags);
  const selection = await selectCandidate(rows, inner, {
    measured,
    begins: ({ name }) => progress(`cross-validating ${name} in ${folds} folds`),
    came(trial) {
      trialRuns.write(trial);
      progress(`search: ${cameTo(trial, procedure.metric, folds)}`);
    },
  });
  if (Number.isNaN(selection.best.results.metrics[procedure.metric]?.mean)) throw unmeasurable(rows, procedure);
  const nested = nesting < 2 ? undefined : await nestedEstimate(rows, inner, nesting, measured, progress);
  await trialRuns.settled();
  const at = await journal.stamp("selected");
  const [values, byFold] = comparisonMetrics(selection.compared.map(({ results }) => results));
  run.logMetrics({ ...values, ...(nested && nestedMetrics(nested)) }, at);
  for (const [key, points] of Object.entries(byFold))
    for (const [step, value] of points.entries()) run.logMetrics({ [key]: value }, at, step);
  const { candidate } = selection.best;
  const settings = Object.entries(candidate.settings).map(([key, value]) => [`best.${key}`, value]);
  run.logParameters({ best: candidate.name, trials: String(selection.trials.length), ...Object.fromEntries(settings) });
  return { ...selection, nested };
}

/** Whether a metric can be had is decided by the rows of a fold alone: no candidate can be told from another one. */
function unmeasurable({ labels }: FeatureTable, { metric, crossValidation: { folds } }: Procedure): FalconryError {
  return new FalconryError("train.too-few-rows", {
    message: `no candidate has a ${metric}: the target varies on none of the ${folds} folds of ${labels.length} rows`,
    hint: "Ingest more records, or declare fewer folds or another metric",
  });
}

function cameTo({ number, of, folds, failure }: Trial, metric: Workload["metric"], all: number): string {
  if (failure !== undefined) return `trial ${number}, ${of}: ${failure}`;
  const mean = meansOf(folds.map(({ metrics }) => metrics))[metric];
  return `trial ${number}, ${of}: ${metric} ${mean?.toFixed(4)} on ${folds.length} of ${all} folds`;
}
