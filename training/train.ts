import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { extname, join } from "node:path";
import type { Environment } from "@falconry/environment/environment.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import { type RecordedPredictions, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { confusionMatrix } from "@falconry/model/metrics.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import type { Candidate } from "./candidates/candidate.ts";
import { declaredCandidates } from "./candidates/declared.ts";
import { fitModel } from "./candidates/fit-model.ts";
import { type DatasetReference, DatasetStore } from "./datasets/dataset-store.ts";
import { best, type CrossValidated, crossValidate } from "./evaluation/cross-validate.ts";
import { decide, requireDecidable } from "./evaluation/decisions.ts";
import { type Measured, measureWithIntervals, type Scored, scoredBy } from "./evaluation/measure.ts";
import { exportGraph } from "./export/export-graph.ts";
import { type BuiltFeatures, buildFeatures } from "./features/build-features.ts";
import { knownAfterEvent, type Leak } from "./features/records-view.ts";
import { report } from "./report/report.ts";
import { registerModel } from "./tracking/register-model.ts";
import { TrainingRun } from "./tracking/training-run.ts";
import { comparisonMetrics, datasetInput, lineage, sourceTags, testMetrics } from "./tracking/what-is-logged.ts";

export interface TrainOptions {
  /** Names of the declared candidates to compare. @default all of them */
  candidates?: string[];
  /** Digest of the dataset version, its beginning, or `latest`. @default "latest" */
  dataset?: string;
  /** In place of the seeds that the workload declares. */
  seed?: number;
  /** Who trains, as the run says it and four eyes compare it. @default the name on this machine */
  trainedBy?: string;
  progress?: Progress;
  /** Milliseconds since the epoch. @default the system's clock */
  now?: () => number;
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
  candidates: Pick<CrossValidated, "name" | "metrics">[];
  /** On the untouched test part. */
  test: Measured;
  /** Columns that are known only after the event: no model sees them. */
  leaks: Leak[];
}

/**
 * Dataset version -> features -> candidates compared by cross-validation -> the best one fitted on all training rows, measured on the
 * test part, exported as one ONNX graph, logged, registered. The same dataset version, declaration and seed give the same bytes and metrics.
 *
 * @throws FalconryError `train.unknown-candidate`, `train.leaking-column`, `train.feature-sql`, `train.too-few-rows`,
 *   `train.candidate-failed`, `train.export-differs`, `tracking.unreachable`, and those of reading a dataset version
 */
export async function train(environment: Environment, workload: LoadedWorkload, options: TrainOptions = {}): Promise<TrainingReport> {
  const { progress = silent, now = Date.now, trainedBy = userInfo().username } = options;
  const declaration = options.seed === undefined ? workload : withSeed(workload, options.seed);
  const candidates = await declaredCandidates(declaration, options.candidates);
  const datasets = new DatasetStore(environment);
  const dataset = await datasets.resolve(workload.name, options.dataset ?? "latest");
  const manifest = await datasets.manifest(dataset);
  progress(`features of ${manifest.rows} records`);
  const features = await buildFeatures(environment, declaration, dataset, manifest);

  requireDecidable(declaration, features.set);

  const tags = lineage({ workload: workload.name, dataset: dataset.digest, features: features.digest });
  const experiment = { experiment: workload.name, tags: { ...tags, ...(await sourceTags(workload.name, trainedBy)) }, now };
  return await TrainingRun.during(environment.mlflow, experiment, async (run) => {
    await logInputs(run, declaration, candidates, features, datasetInput(datasets.url(dataset), dataset, manifest));
    const compared: { candidate: Candidate; results: CrossValidated }[] = [];
    for (const candidate of candidates) {
      progress(`cross-validating ${candidate.name} in ${declaration.crossValidation.folds} folds`);
      compared.push({ candidate, results: await crossValidate(candidate, features.train, declaration.crossValidation) });
    }
    const results = compared.map(({ results }) => results);
    await run.logMetrics(...comparisonMetrics(results));
    const winner = best(compared, declaration.metric);

    const { classes } = features.set;
    progress(`fitting ${winner.name} on ${features.train.keys.length} rows`);
    const fitted = await fitModel(winner, features.train, declaration.crossValidation.seed);
    const { model, ...decisions } = await decide(winner, fitted, features, declaration, progress);
    const graph = await exportGraph(model, features.test);
    const answers = scoredBy(model, features.test);
    const test = measureWithIntervals(answers, declaration.crossValidation.seed);
    await run.logMetrics(testMetrics(test));
    if (classes.length > 0) {
      await run.logArtifact("evaluation/confusion.json", {
        classes,
        actualByPredicted: confusionMatrix(answers.actual, answers.predictions, classes),
      });
    }
    await run.logArtifact(recordedPredictionsPath, recorded(answers));
    progress("looking at what it does");
    const leaks = knownAfterEvent(declaration);
    const trained = {
      workload: declaration,
      dataset,
      features,
      compared: results,
      best: winner.name,
      model,
      decisions,
      answers,
      test,
      leaks,
    };
    for (const [path, content] of Object.entries(await report(trained))) await run.logArtifact(path, content);

    progress("registering the model");
    const registered = await registerModel(environment.mlflow, run, {
      name: workload.name,
      candidate: winner.name,
      graph,
      features: features.set.features,
      classes,
      tags,
      createdAt: new Date(now()),
    });
    return {
      workload: workload.name,
      run: run.id,
      dataset,
      model: registered,
      best: winner.name,
      candidates: results.map(({ name, metrics }) => ({ name, metrics })),
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

async function logInputs(
  run: TrainingRun,
  { folder, ...declaration }: LoadedWorkload,
  candidates: Candidate[],
  features: BuiltFeatures,
  dataset: Parameters<TrainingRun["logDataset"]>[0],
): Promise<void> {
  const settings = candidates.flatMap(({ name, settings }) => Object.entries(settings).map(([key, value]) => [`${name}.${key}`, value]));
  const split = Object.entries(declaration.split).map(([key, value]) => [`split.${key}`, String(value).slice(0, longestParameter)]);
  await run.logParameters({
    candidates: candidates.map(({ name }) => name).join(", "),
    metric: declaration.metric,
    calibration: String(declaration.calibration ?? false),
    ...Object.fromEntries(Object.entries(declaration.costs ?? {}).map(([key, value]) => [`costs.${key}`, String(value)])),
    ...Object.fromEntries(split),
    "crossValidation.seed": String(declaration.crossValidation.seed),
    "crossValidation.folds": String(declaration.crossValidation.folds),
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
