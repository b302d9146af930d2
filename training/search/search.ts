import { type CandidateSettings, candidateSchema, type SearchBudget, type Workload } from "@falconry/model/workload.ts";
import type { Candidate } from "../candidates/candidate.ts";
import { type CrossValidated, measureFold } from "../evaluation/cross-validate.ts";
import { foldsOf } from "../evaluation/folds.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { type FoldMemory, foldKey } from "../journal/fold-memory.ts";
import { type DrawnSettings, drawSettings } from "./draw-settings.ts";
import { nextStep, rungsOf, type Standing } from "./successive-halving.ts";
import { type Trial, trialPiece } from "./trial.ts";

export interface Searched {
  rows: FeatureTable;
  declared: readonly { settings: CandidateSettings; candidate: Candidate; results: CrossValidated }[];
  make: (settings: CandidateSettings) => Promise<Candidate>;
  crossValidation: Workload["crossValidation"];
  metric: Workload["metric"];
  budget: SearchBudget;
}

export interface SearchTools {
  measured: FoldMemory;
  /** Told of a trial whenever it has come further. */
  came: (trial: Trial) => void;
}

/**
 * Tries settings by chance, the candidates in turns, and measures the better ones on more and more folds, beside the declared settings, which were measured
 * on all of them. The same rows, seed and number of trials give the same trials; what is measured is remembered, and so are the seconds that it took.
 *
 * @returns the trials in the order of their numbers; none where no candidate has settings to vary
 */
export async function search(searched: Searched, { measured, came }: SearchTools): Promise<Trial[]> {
  const { rows, declared, crossValidation, metric, budget } = searched;
  const folds = foldsOf(rows, crossValidation);
  const rungs = rungsOf(folds.length, rows.labels.length / crossValidation.folds);
  const measuredBefore = declared.map(
    ({ results }, index): Standing => ({ trial: index - declared.length, scores: results.folds[metric] ?? [], failed: false }),
  );
  const trials: Trial[] = [];
  let seconds = 0;
  const isOver = () => "seconds" in budget && seconds >= budget.seconds;
  while (!isOver()) {
    const standings = trials.map(({ number, folds, failure }): Standing => {
      return { trial: number, scores: folds.map(({ metrics }) => metrics[metric] ?? Number.NaN), failed: failure !== undefined };
    });
    const step = nextStep([...measuredBefore, ...standings], rungs);
    const trial = step === undefined ? await begun(searched, trials) : trials[step.trial - 1];
    if (trial === undefined) break;
    const until = step?.folds ?? rungs[0] ?? folds.length;
    for (const [index, fold] of folds.entries()) {
      if (index < trial.folds.length || index >= until || trial.failure !== undefined || isOver()) continue;
      const key = foldKey(trialPiece(trial), index);
      const { outcome, at, seconds: took } = await measured(key, () => measureFold(trial.candidate, fold(), crossValidation.seed));
      seconds += took;
      if ("failure" in outcome) trial.failure = outcome.failure.message;
      else trial.folds.push({ metrics: outcome.metrics, at });
    }
    came(trial);
  }
  return trials;
}

/** The next trial, put behind the others; undefined where there is none to begin. */
async function begun({ declared, make, crossValidation, budget }: Searched, trials: Trial[]): Promise<Trial | undefined> {
  const searchable = declared.filter(({ candidate }) => Object.keys(candidate.searchSpace).length > 0);
  const number = trials.length + 1;
  const chosen = searchable[(number - 1) % searchable.length];
  if (chosen === undefined || ("trials" in budget && number > budget.trials)) return undefined;
  const { settings, candidate } = chosen;
  const drawn = drawSettings(candidate.searchSpace, crossValidation.seed, number);
  const trial: Trial = {
    number,
    of: candidate.name,
    candidate: { ...(await make(varied(settings, drawn))), name: `${candidate.name}-trial-${number}` },
    folds: [],
  };
  trials.push(trial);
  return trial;
}

/** The declared settings with the drawn ones in their places. */
function varied(settings: CandidateSettings, drawn: DrawnSettings): CandidateSettings {
  return candidateSchema.parse(
    settings.type === "module" ? { ...settings, settings: { ...settings.settings, ...drawn } } : { ...settings, ...drawn },
  );
}
