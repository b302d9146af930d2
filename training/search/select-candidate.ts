import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings, SearchBudget, Workload } from "@falconry/model/workload.ts";
import type { Candidate } from "../candidates/candidate.ts";
import { best, type CrossValidated, crossValidate, summary } from "../evaluation/cross-validate.ts";
import type { Metrics } from "../evaluation/measure.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { type FoldMemory, foldKey } from "../journal/fold-memory.ts";
import { type SearchTools, search } from "./search.ts";
import { type Trial, trialPiece } from "./trial.ts";

/** How a training comes from rows to the candidate that it registers. */
export interface Procedure {
  candidates: readonly CandidateSettings[];
  make: (settings: CandidateSettings) => Promise<Candidate>;
  crossValidation: Workload["crossValidation"];
  metric: Workload["metric"];
  /** None: only the declared settings. */
  budget?: SearchBudget;
}

export interface Compared {
  candidate: Candidate;
  results: CrossValidated;
  /** What its folds are remembered under. */
  piece: string;
}

export interface Selection {
  best: Compared;
  /** The declared candidates, and behind them the best one that a search has found. */
  compared: Compared[];
  trials: Trial[];
}

export interface SelectionTools extends SearchTools {
  begins: (candidate: Candidate) => void;
}

/** What {@link selectCandidate} tells nobody of. */
export function quiet(measured: FoldMemory): SelectionTools {
  return { measured, came() {}, begins() {} };
}

/**
 * Compares the candidates by cross-validation, with a budget their settings too, and takes the best.
 *
 * @throws FalconryError `train.candidate-failed` where a candidate as it is declared cannot be fitted
 */
export async function selectCandidate(rows: FeatureTable, procedure: Procedure, tools: SelectionTools): Promise<Selection> {
  const { crossValidation, metric, budget, make } = procedure;
  const declared = [];
  for (const settings of procedure.candidates) {
    const candidate = await make(settings);
    tools.begins(candidate);
    const results = await crossValidate(candidate, rows, crossValidation, async (fold, measureNow) =>
      metricsOf((await tools.measured(foldKey(candidate.name, fold), measureNow)).outcome),
    );
    declared.push({ settings, candidate, results, piece: candidate.name });
  }
  const trials = budget === undefined ? [] : await search({ rows, declared, make, crossValidation, metric, budget }, tools);
  const [first, ...others] = [...declared, ...bestOf(trials, rows, procedure)];
  if (first === undefined) throw new RangeError("a training has at least one candidate");
  return { best: best([first, ...others], metric), compared: [first, ...others], trials };
}

function metricsOf(outcome: Awaited<ReturnType<FoldMemory>>["outcome"]): Metrics<number> {
  if ("metrics" in outcome) return outcome.metrics;
  throw new FalconryError("train.candidate-failed", outcome.failure);
}

/** The best of the trials that were measured on every fold, where there is one. */
function bestOf(trials: readonly Trial[], rows: FeatureTable, { crossValidation, metric }: Procedure): Compared[] {
  const { folds, repeats = 1 } = crossValidation;
  const [first, ...others] = trials
    .filter((trial) => trial.folds.length === folds * repeats)
    .map((trial) => {
      const { candidate, folds } = trial;
      const measured = folds.map(({ metrics }) => metrics);
      return { candidate, results: summary(candidate.name, rows, measured, repeats), piece: trialPiece(trial) };
    });
  return first === undefined ? [] : [best([first, ...others], metric)];
}
