import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { extname, join } from "node:path";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import { type RecordedPredictions, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { argumentFor } from "@falconry/model/load-workload.ts";
import type { CandidateSettings, LoadedWorkload, SearchBudget } from "@falconry/model/workload.ts";
import type { Candidate } from "./candidates/candidate.ts";
import { candidateOf, chosenSettings } from "./candidates/declared.ts";
import { fitModel } from "./candidates/fit-model.ts";
import { type DatasetReference, DatasetStore } from "./datasets/dataset-store.ts";
import type { CrossValidated } from "./evaluation/cross-validate.ts";
import { decide, requireDecidable } from "./evaluation/decisions.ts";
import { learningCurve } from "./evaluation/learning-curve.ts";
import { type Measured, measureWithIntervals, type Scored, scoredBy } from "./evaluation/measure.ts";
import { exportGraph } from "./export/export-graph.ts";
import { type BuiltFeatures, buildFeatures } from "./features/build-features.ts";
import { knownAfterEvent, type Leak } from "./features/records-view.ts";
import { foldMemory } from "./journal/fold-memory.ts";
import { lastUnfinished, trainingsFolder, type Unfinished } from "./journal/unfinished.ts";
import { report } from "./report/report.ts";
import { selectInRun } from "./search/select-in-run.ts";
import { registerModel } from "./tracking/register-model.ts";
import { type Asked, resumableRun } from "./tracking/resumable-run.ts";
import type { RunSettings, TrainingRun } from "./tracking/training-run.ts";
import { datasetInput, lineage, sourceTags, testMetrics } from "./tracking/what-is-logged.ts";

export interface TrainOptions extends TrainTools {
  /** Names of the declared candidates to compare. @default all of them */
  candidates?: string[];
  /** Digest of the dataset version, its beginning, or `latest`. @default "latest" */
  dataset?: string;
  /** In place of the seeds that the workload declares. */
  seed?: number;
  /** How long to search for better settings, in place of what the workload declares. */
  budget?: SearchBudget;
  /** Who trains, as the run says it and four eyes compare it. @default the name on this machine */
  trainedBy?: string;
}

/** What a training is done with, whether it begins or goes on. */
export interface TrainTools {
  progress?: Progress;
  /** Milliseconds since the epoch. @default the system's clock */
  now?: () => number;
  /** Where it keeps what it has measured until it has ended. @default the environment's place on this machine */
  folder?: string;
  /** How long MLflow may be away. @default 300 */
  patienceSeconds?: number;
  /** Logs CPU and memory all so many seconds. @default not at all */
  systemMetricsSeconds?: number;
}

export interface TrainingReport {
  workload: string;
  /** Id of the run in MLflow. */
  run: string;
  dataset: DatasetReference;
  /** The registered model version. */
  model: { name: string; version: number };
  /** Name of the candidate that was registered. */
  best: string;
  /** The declared ones, and behind them the best one that a search has found. */
  candidates: Pick<CrossValidated, "name" | "metrics">[];
  /** Of a search: how many settings it tried, and what the whole training, search included, comes to in a nested cross-validation. */
  search?: { trials: number; nested?: CrossValidated["metrics"] };
  /** On the untouched test part. */
  test: Measured;
  /** Columns that are known only after the event: no model sees them. */
  leaks: Leak[];
}

/**
 * Dataset version -> features -> candidates compared by cross-validation, with a budget their settings too -> the best one fitted on all training rows, measured
 * on the test part, exported as one ONNX graph, logged, registered. The same dataset version, declaration, seed and number of trials give the same bytes and
 * metrics. What it has measured is on disk at once: after a kill {@link resumeTraining} goes on.
 *
 * @throws FalconryError `workload.invalid`, `train.unknown-candidate`, `train.leaking-column`, `train.feature-sql`, `train.too-few-rows`,
 *   `train.candidate-failed`, `train.export-differs`, `train.journal-unwritable`, `tracking.unreachable`, and those of reading a dataset version
 */
export async function train(environment: Environment, workload: LoadedWorkload, options: TrainOptions = {}): Promise<TrainingReport> {
  const { candidates, dataset = "latest", seed, budget = workload.search?.budget, trainedBy = userInfo().username, ...tools } = options;
  const { digest } = await new DatasetStore(environment).resolve(workload.name, dataset);
  const asked = {
    dataset: digest,
    trainedBy,
    ...(candidates && { candidates }),
    ...(seed !== undefined && { seed }),
    ...(budget && { budget }),
  };
  return await carryOut(environment, workload, asked, tools);
}

/**
 * Goes on with the training of the workload that was begun last on this machine and has not ended. It ends with what it would have ended with.
 *
 * @throws FalconryError `train.nothing-to-resume`, `train.resume-differs`, `train.in-use`, and those of {@link train}
 */
export async function resumeTraining(environment: Environment, workload: LoadedWorkload, tools: TrainTools = {}): Promise<TrainingReport> {
  const { folder = trainingsFolder(environment.descriptor.environment) } = tools;
  const unfinished = await lastUnfinished(folder, workload.name);
  return await carryOut(environment, workload, unfinished.header, { ...tools, folder }, unfinished);
}

async function carryOut(
  environment: Environment,
  workload: LoadedWorkload,
  asked: Pick<Asked, "dataset" | "candidates" | "seed" | "budget" | "trainedBy">,
  tools: TrainTools,
  unfinished?: Unfinished,
): Promise<TrainingReport> {
  const { mlflow, descriptor } = environment;
  const {
    progress = silent,
    now = Date.now,
    folder = trainingsFolder(descriptor.environment),
    patienceSeconds = 300,
    systemMetricsSeconds,
  } = tools;
  const declaration = asked.seed === undefined ? workload : withSeed(workload, asked.seed);
  const settings = chosenSettings(declaration, asked.candidates);
  const make = (settings: CandidateSettings) => candidateOf(settings, declaration.folder);
  const candidates = await Promise.all(settings.map(make));
  const datasets = new DatasetStore(environment);
  const dataset = await datasets.resolve(workload.name, asked.dataset);
  const manifest = await datasets.manifest(dataset);
  progress(`features of ${manifest.rows} records`);
  const features = await buildFeatures(environment, declaration, dataset, manifest);
  requireDecidable(declaration, features.set);
  const decides = whatDecides(declaration, features, candidates, asked.budget);
  if (unfinished !== undefined && unfinished.header.decides !== decides) throw differs(workload);

  const tags = lineage({ workload: workload.name, dataset: dataset.digest, features: features.digest });
  const sources = await sourceTags(workload.name, asked.trainedBy);
  const runSettings: RunSettings = {
    of: unfinished === undefined ? { experiment: workload.name } : { runId: unfinished.header.run },
    tags: { ...tags, ...sources },
    folder,
    patienceSeconds,
    ...(systemMetricsSeconds !== undefined && { systemMetricsSeconds }),
    resumedBy: `falconry train ${argumentFor(workload)} --resume`,
    progress,
  };
  const whole: Asked = { ...asked, workload: workload.name, dataset: dataset.digest, decides, startedAt: now() };
  return await resumableRun(mlflow, runSettings, whole, unfinished, now, async (run, journal) => {
    await logInputs(run, declaration, candidates, features, datasetInput(datasets.url(dataset), dataset, manifest));
    await datasets.ensure(dataset); // the run names it only from now on
    const procedure = { ...declaration, candidates: settings, make, ...(asked.budget && { budget: asked.budget }) };
    const tracked = { mlflow, run, tags: sources, journal, progress };
    const selection = await selectInRun(features.train, procedure, declaration.search?.outerFolds, tracked);
    const winner = selection.best.candidate;

    const { classes } = features.set;
    progress(`fitting ${winner.name} on ${features.train.labels.length} rows`);
    const fitted = await fitModel(winner, features.train, declaration.crossValidation.seed);
    const { model, ...decisions } = await decide(winner, fitted, features, declaration, progress);
    const graph = await exportGraph(model, features.test);
    const answers = scoredBy(model, features.test);
    const test = measureWithIntervals(answers, declaration.crossValidation.seed);
    const at = await journal.stamp("tested");
    run.logMetrics(testMetrics(test), at);
    await run.logArtifact(recordedPredictionsPath, recorded(answers));
    progress(`fitting ${winner.name} on fewer rows`);
    const learnt = await learningCurve(winner, features.train, declaration, foldMemory(journal), selection.best.piece);
    const leaks = knownAfterEvent(declaration);
    const compared = selection.compared.map(({ results }) => results);
    const trained = {
      workload: declaration,
      asked,
      dataset,
      features,
      compared,
      best: winner.name,
      selection,
      model,
      decisions,
      learnt,
      answers,
      test,
      leaks,
    };
    progress("looking at what it does");
    for (const [path, content] of Object.entries(await report(trained))) await run.logArtifact(path, content);

    progress("registering the model");
    const version = {
      name: workload.name,
      candidate: winner.name,
      graph,
      features: features.set.features,
      classes,
      tags,
      createdAt: new Date(at),
    };
    const registered = await run.patiently(() => registerModel(mlflow, run, version));
    return {
      workload: workload.name,
      run: run.id,
      dataset,
      model: registered,
      best: winner.name,
      candidates: compared.map(({ name, metrics }) => ({ name, metrics })),
      ...(asked.budget && { search: { trials: selection.trials.length, ...(selection.nested && { nested: selection.nested.metrics }) } }),
      test,
      leaks,
    };
  });
}

function recorded({ classes, predictions, probabilities }: Scored): RecordedPredictions {
  return classes.length > 0 ? { classes, probabilities } : { predictions: predictions.map(Number) };
}

function withSeed(workload: LoadedWorkload, seed: number): LoadedWorkload {
  const split = workload.split.type === "given" ? workload.split : { ...workload.split, seed };
  return { ...workload, split, crossValidation: { ...workload.crossValidation, seed } };
}

/** Characters that MLflow takes; workload.json holds the whole. */
const longestParameter = 6000;

/** Whatever is in it changes what the training comes to. */
function whatDecides(
  { folder: _, ...declaration }: LoadedWorkload,
  features: BuiltFeatures,
  candidates: Candidate[],
  budget?: SearchBudget,
): string {
  const settings = candidates.map(({ name, settings }) => ({ name, settings }));
  return sha256(canonicalJson({ declaration, features: features.digest, candidates: settings, budget: budget ?? null }));
}

function differs(workload: LoadedWorkload): FalconryError {
  return new FalconryError("train.resume-differs", {
    message: `workload.ts, features.sql or a candidate of "${workload.name}" is not what the unfinished training began with`,
    hint: `Bring back what it began with, or begin anew: falconry train ${argumentFor(workload)}`,
  });
}

async function logInputs(
  run: TrainingRun,
  { folder, ...declaration }: LoadedWorkload,
  candidates: Candidate[],
  features: BuiltFeatures,
  dataset: Parameters<TrainingRun["logDataset"]>[0],
): Promise<void> {
  const settings = candidates.flatMap(({ name, settings }) => Object.entries(settings).map(([key, value]) => [`${name}.${key}`, value]));
  const split = Object.entries(declaration.split).map(([key, value]) => [`split.${key}`, String(value).slice(0, longestParameter)]);
  run.logParameters({
    candidates: candidates.map(({ name }) => name).join(", "),
    metric: declaration.metric,
    calibration: String(declaration.calibration ?? false),
    ...Object.fromEntries(Object.entries(declaration.costs ?? {}).map(([key, value]) => [`costs.${key}`, String(value)])),
    ...Object.fromEntries(split),
    "crossValidation.seed": String(declaration.crossValidation.seed),
    "crossValidation.folds": String(declaration.crossValidation.folds),
    "crossValidation.repeats": String(declaration.crossValidation.repeats ?? 1),
    "rows.train": String(features.set.train.rows),
    "rows.test": String(features.set.test.rows),
    ...Object.fromEntries(settings),
  });
  await run.logDataset(dataset);
  await run.logArtifact("workload.json", declaration);
  await run.logArtifact("features.sql", await readFile(join(folder, declaration.features.sql), "utf8"));
  for (const one of declaration.candidates) {
    if (one.type === "module")
      await run.logArtifact(`candidates/${one.name}${extname(one.module)}`, await readFile(join(folder, one.module), "utf8"));
  }
}
