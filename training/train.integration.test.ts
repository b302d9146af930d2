import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { sha256 } from "@falconry/environment/canonical.ts";
import { ContentStore } from "@falconry/environment/content-store.ts";
import { connect, openEnvironment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { featureSetKey, featureSetSchema } from "@falconry/model/feature-set.ts";
import { readParquet } from "@falconry/model/frame.ts";
import { lineageTags, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { argumentFor } from "@falconry/model/load-workload.ts";
import { readMlmodel } from "@falconry/model/mlmodel.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import { afterAll, describe, expect, test } from "vitest";
import { ingest } from "./datasets/ingest.ts";
import { absentProxy, failingProxy } from "./testing/failing-proxy.ts";
import { loggedPoints } from "./testing/logged-points.ts";
import { smallHeader } from "./testing/small-workload.ts";
import { storedWorkload } from "./testing/stored-workload.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";
import { resumeTraining, train } from "./train.ts";

const environment = await openEnvironment("local");
const { mlflow } = environment;
afterAll(() => environment[Symbol.dispose]());

async function runsOf(experiment: string) {
  const found = await mlflow.experiments.getByName(experiment);
  const runs = [];
  if (found !== undefined) for await (const run of mlflow.runs.search({ experimentIds: [found.experimentId] })) runs.push(run);
  return runs;
}

async function filesOf(name: string, version: number) {
  const uri = await mlflow.modelVersions.artifactUri(name, version);
  const [graph, mlmodel] = await Promise.all(["model.onnx", "MLmodel"].map((file) => mlflow.artifacts.download(uri, file)));
  return { graph: graph ?? new Uint8Array(), mlmodel: Buffer.from(mlmodel ?? []).toString() };
}

describe("a training", () => {
  test("compares the candidates, registers the best and says which columns no model sees", async () => {
    const workload = await storedWorkload();
    const { dataset } = await ingest(environment, workload);
    const report = await train(environment, workload);
    expect(report).toMatchObject({
      workload: workload.name,
      dataset: { name: workload.name, digest: dataset.digest },
      model: { name: workload.name, version: 1 },
      best: "logistic-regression",
      leaks: [{ column: "paid", reason: "it is paid at the end" }],
    });
    expect(report.candidates.map(({ name }) => name)).toEqual(["majority", "logistic-regression"]);
    for (const { low, value, high } of Object.values(report.test)) expect(low <= value && value <= high).toBe(true);
  });

  test("says in its run who trained", async () => {
    const workload = await storedWorkload();
    await ingest(environment, workload);
    const { run } = await train(environment, workload, { candidates: ["majority"], trainedBy: "grace" });
    expect((await mlflow.runs.get(run)).data.tags["mlflow.user"]).toBe("grace");
  });

  test("leaves lineage that reaches the raw file: version, run, feature set, dataset version", async () => {
    const workload = await storedWorkload();
    const { dataset } = await ingest(environment, workload);
    const { run: runId, model } = await train(environment, workload);
    const run = await mlflow.runs.get(runId);
    const version = await mlflow.modelVersions.get(model.name, model.version);
    for (const { tags } of [run.data, version ?? { tags: {} }]) {
      expect(tags).toMatchObject({
        [lineageTags.workload]: workload.name,
        [lineageTags.dataset]: dataset.digest,
        [lineageTags.features]: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    }
    expect(run.info.status).toBe("FINISHED");
    expect(run.inputs.datasets.map(({ dataset: { name, digest } }) => [name, digest])).toEqual([
      [workload.name, dataset.digest.slice(0, 32)],
    ]);
    expect(JSON.parse(run.inputs.datasets[0]?.dataset.source ?? "")).toMatchObject({ digest: dataset.digest });
    const { Body } = await environment.s3.send(
      new GetObjectCommand({ Bucket: environment.descriptor.lake.features, Key: featureSetKey(run.data.tags[lineageTags.features] ?? "") }),
    );
    const set = featureSetSchema.parse(JSON.parse((await Body?.transformToString()) ?? ""));
    expect(set).toMatchObject({ workload: workload.name, dataset: { digest: dataset.digest }, train: { rows: 45 }, test: { rows: 15 } });
  });

  test("of a number that is 0 in most rows compares by the folds that have an R², and says so where there is none", async () => {
    const workload = await storedWorkload({
      target: { column: "price", task: "regression" },
      split: { type: "random", testShare: 0.25, seed: 1 },
      crossValidation: { folds: 10, seed: 1 },
      candidates: [
        { name: "mean", type: "mean" },
        { name: "linear-regression", type: "linear-regression", alpha: 1 },
      ],
      metric: "r2",
    });
    await writeFile(join(workload.folder, workload.features.sql), "SELECT id, place, online, price FROM records");
    const pricesAre = async (price: (id: number) => number) => {
      const rows = Array.from({ length: 60 }, (_, id) => `${id},2024-01-01,${price(id)},${id % 3 ? "Rome" : "Bari"},${id % 2 === 0},,yes`);
      await writeFile(join(workload.folder, "visits.csv"), [smallHeader, ...rows].join("\n"));
      await ingest(environment, workload);
    };
    await pricesAre((id) => (id % 15 === 0 ? 40 + id : 0));
    const { candidates } = await train(environment, workload);
    for (const { metrics } of candidates) expect(metrics.r2?.mean).toBeLessThan(1);
    await pricesAre(() => 7);
    await expect(train(environment, workload)).rejects.toMatchObject({ code: "train.too-few-rows" });
  });

  test("logs its pictures, and a card with the figures that it reports", async () => {
    const workload = await storedWorkload();
    await ingest(environment, workload);
    const { run: runId, test: measured, dataset } = await train(environment, workload);
    const { artifactUri } = (await mlflow.runs.get(runId)).info;
    const read = async (path: string) => Buffer.from(await mlflow.artifacts.download(artifactUri, path)).toString();
    for (const plot of ["confusion", "roc", "precision-recall", "calibration", "importance"]) {
      expect(await read(`evaluation/${plot}.svg`)).toMatch(/^<svg /);
    }
    const card = await read("model-card.md");
    expect(card).toContain(`| accuracy | ${Number(measured.accuracy?.value.toPrecision(3))} (`);
    expect(card).toContain(`falconry train ${workload.name} --dataset ${dataset.digest.slice(0, 12)}`);
    expect(card).toContain("No model sees `paid`: it is paid at the end.");
    expect(card).toContain("## Whether more rows would help\n\nNot measured: an eighth of the rows is 4, and 10 are needed.");
    expect(JSON.parse(await read("reference.json"))).toMatchObject({ rows: 45, inputs: { place: { type: "string" } } });
  });

  test("logs a graph that answers every test row as the recorded predictions say", async () => {
    const workload = await storedWorkload();
    await ingest(environment, workload);
    const { run: runId, model } = await train(environment, workload);
    const run = await mlflow.runs.get(runId);
    const recorded = JSON.parse(Buffer.from(await mlflow.artifacts.download(run.info.artifactUri, recordedPredictionsPath)).toString());
    const { Body } = await environment.s3.send(
      new GetObjectCommand({ Bucket: environment.descriptor.lake.features, Key: featureSetKey(run.data.tags[lineageTags.features] ?? "") }),
    );
    const set = featureSetSchema.parse(JSON.parse((await Body?.transformToString()) ?? ""));
    const { columns } = await readParquet(
      await new ContentStore(environment.s3, environment.descriptor.lake.features).get(set.test.sha256),
    );
    const { graph, mlmodel } = await filesOf(model.name, model.version);
    const inputs = Object.fromEntries(
      set.features.map(({ name }) => [name, (columns[name] ?? []).map((value) => (typeof value === "boolean" ? Number(value) : value))]),
    );
    const { probabilities = [] } = await (await OnnxModel.load(graph)).predict(inputs);
    expect(recorded.classes).toEqual(["no", "yes"]);
    for (const [row, expected] of recorded.probabilities.entries()) {
      for (const [label, probability] of expected.entries()) expect(probabilities[row]?.[label]).toBeCloseTo(probability, 5);
    }
    expect(readMlmodel(mlmodel)).toMatchObject({
      runId,
      signature: { inputs: { columns: [{ name: "price" }, { name: "place" }, { name: "online" }] } },
    });
  });

  test("gives the same bytes and metrics for the same data and seed, and another test part for another seed", async () => {
    const workload = await storedWorkload();
    await ingest(environment, workload);
    const [once, again] = [await train(environment, workload), await train(environment, workload)];
    expect(again.model.version).toBe(once.model.version + 1);
    expect({ ...again, run: "", model: "" }).toEqual({ ...once, run: "", model: "" });
    const [first, second] = [await filesOf(once.model.name, once.model.version), await filesOf(again.model.name, again.model.version)];
    expect(Buffer.from(second.graph).equals(first.graph)).toBe(true);
    expect((await train(environment, workload, { seed: 99 })).test).not.toEqual(once.test);
  });

  test("tests on the rows that are given, and says so in its parameters", async () => {
    const workload = await storedWorkload({ split: { type: "given", column: "online", test: [true] } });
    await ingest(environment, workload);
    const { run } = await train(environment, workload, { candidates: ["majority"], seed: 7 });
    expect((await mlflow.runs.get(run)).data.params).toMatchObject({
      "split.type": "given",
      "split.column": "online",
      "split.test": "true",
      "rows.train": "30",
      "rows.test": "30",
    });
  });

  test("by a candidate of the workload's own says which code it was fitted by", async () => {
    const code = `export const candidate = ({ share }) => ({
      inputs: "raw",
      fit: async () => ({
        predict: ({ rows }) => Array(rows).fill([1 - share, share]),
        estimator: { type: "constant", probabilities: [1 - share, share] },
      }),
    });`;
    const workload = await storedWorkload({ candidates: [{ name: "own", type: "module", module: "./own.ts", settings: { share: 0.25 } }] });
    await writeFile(join(workload.folder, "own.ts"), code);
    await ingest(environment, workload);
    const { run, model } = await train(environment, workload);
    const { data, info } = await mlflow.runs.get(run);
    expect(data.params).toMatchObject({ "own.module": "./own.ts", "own.sha256": sha256(code), "own.share": "0.25" });
    expect(Buffer.from(await mlflow.artifacts.download(info.artifactUri, "candidates/own.ts")).toString()).toBe(code);
    expect(model.version).toBe(1);
  });

  test("calibrates the best one's probabilities where that is asked for, and says what it changed", async () => {
    const workload = await storedWorkload({ calibration: true });
    await ingest(environment, workload);
    const { run } = await train(environment, workload);
    const { data, info } = await mlflow.runs.get(run);
    const read = async (path: string) => Buffer.from(await mlflow.artifacts.download(info.artifactUri, path)).toString();
    const { logLoss } = JSON.parse(await read("evaluation/calibrated.json"));
    // what is measured, exported and registered is the calibrated model
    expect(data.metrics["test.logLoss"]).toBeCloseTo(logLoss.after.value, 12);
    expect(logLoss.before.value).not.toBe(logLoss.after.value);
    expect(await read("model-card.md")).toContain("## Calibration");
    expect(data.params.calibration).toBe("true");
  });

  test("of one candidate registers that one, however bad", async () => {
    const workload = await storedWorkload();
    await ingest(environment, workload);
    expect(await train(environment, workload, { candidates: ["majority"] })).toMatchObject({ best: "majority", model: { version: 1 } });
    await expect(train(environment, workload, { candidates: ["forest"] })).rejects.toMatchObject({
      code: "train.unknown-candidate",
      hint: "Name one of: majority, logistic-regression",
    });
  });
});

describe("a training that fails", () => {
  test("for a leaking column starts no run", async () => {
    const workload = await storedWorkload();
    await ingest(environment, workload);
    await writeFile(join(workload.folder, "features.sql"), "SELECT id, paid, cancelled FROM records");
    await expect(train(environment, workload)).rejects.toMatchObject({ code: "train.leaking-column" });
    expect(await runsOf(workload.name)).toEqual([]);
  });

  test("half way leaves its run as FAILED and registers nothing", async () => {
    const workload = await storedWorkload({ candidates: [{ name: "mean", type: "mean" }] });
    await ingest(environment, workload);
    await expect(train(environment, workload)).rejects.toMatchObject({ code: "train.candidate-failed" });
    expect((await runsOf(workload.name)).map(({ info }) => info.status)).toEqual(["FAILED"]);
    expect(await mlflow.registeredModels.get(workload.name)).toBeUndefined();
  });

  test("because MLflow went away and stayed away says what is kept and what to do", async () => {
    const workload = await storedWorkload();
    await ingest(environment, workload);
    const trackingUri = await failingProxy(environment.descriptor.tracking.uri, "/confusion.json");
    const interrupted = connect({ ...environment.descriptor, tracking: { ...environment.descriptor.tracking, uri: trackingUri } });
    const folder = await temporaryFolder();
    const error = await train(interrupted, workload, { folder, patienceSeconds: 1 }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    interrupted[Symbol.dispose]();
    const [run] = await runsOf(workload.name);
    if (!(error instanceof FalconryError)) throw error;
    expect(error).toMatchObject({ code: "tracking.unreachable", exitCode: 4 });
    expect(error.message).toContain(`run ${run?.info.runId} is unfinished`);
    expect(error.hint).toContain(`falconry train ${argumentFor(workload)} --resume`);
    expect(await mlflow.registeredModels.get(workload.name)).toBeUndefined();

    const resumed = await resumeTraining(environment, workload, { folder });
    expect(resumed).toMatchObject({ run: run?.info.runId, model: { version: 1 } });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("a training with a search", () => {
  const searching = () => storedWorkload({ search: { budget: { trials: 6 }, outerFolds: 2 } });

  test("logs a run for each trial below its own, and what the search comes to on rows that it has not seen", async () => {
    const workload = await searching();
    await ingest(environment, workload);
    const { run: runId, search } = await train(environment, workload, { trainedBy: "grace" });
    expect(search).toMatchObject({ trials: 6, nested: { accuracy: { mean: expect.any(Number) } } });
    const [parent, ...others] = [...(await runsOf(workload.name))].reverse();
    expect(parent?.info.runId).toBe(runId);
    expect(
      others.map(({ data: { tags, params } }) => [
        tags["mlflow.parentRunId"],
        tags["falconry.trial"],
        tags["mlflow.user"],
        params.candidate,
      ]),
    ).toEqual([1, 2, 3, 4, 5, 6].map((trial) => [runId, `${trial}`, "grace", "logistic-regression"]));
    const scores = others.map(({ data }) => data.metrics["cv.accuracy"]);
    const { artifactUri } = (await mlflow.runs.get(runId)).info;
    const history = JSON.parse(Buffer.from(await mlflow.artifacts.download(artifactUri, "evaluation/search.json")).toString());
    expect(history.map((trial: { metrics: { accuracy: number } }) => trial.metrics.accuracy)).toEqual(scores);
    expect(Buffer.from(await mlflow.artifacts.download(artifactUri, "evaluation/search.svg")).toString()).toMatch(/^<svg /);
    const card = Buffer.from(await mlflow.artifacts.download(artifactUri, "model-card.md")).toString();
    expect(card).toContain("in a nested cross-validation");
    expect(card).toMatch(/falconry train \S+ --dataset [0-9a-f]{12} --budget 6\n/);
  });

  test("done again comes to the same; its budget may be another, or none", async () => {
    const workload = await searching();
    await ingest(environment, workload);
    const [once, again] = [await train(environment, workload), await train(environment, workload)];
    expect({ ...again, run: "", model: "" }).toEqual({ ...once, run: "", model: "" });
    expect((await train(environment, workload, { budget: { trials: 2 } })).search?.trials).toBe(2);
  });

  test("goes on through an MLflow that is away for a while: each point and each trial's run is there once", async () => {
    const workload = await searching();
    await ingest(environment, workload);
    const undisturbed = await train(environment, workload);
    const proxy = await absentProxy(environment.descriptor.tracking.uri, { after: 12, seconds: 8 });
    const interrupted = connect({ ...environment.descriptor, tracking: { ...environment.descriptor.tracking, uri: proxy.url } });
    const report = await train(interrupted, workload);
    interrupted[Symbol.dispose]();
    expect(proxy.refused()).toBeGreaterThan(0);
    expect({ ...report, run: "", model: "" }).toEqual({ ...undisturbed, run: "", model: "" });
    expect(await loggedPoints(mlflow, report.run)).toEqual(await loggedPoints(mlflow, undisturbed.run));
  });

  test("does not go on with another declaration, nor where nothing is unfinished", async () => {
    const workload = await searching();
    await ingest(environment, workload);
    const folder = await temporaryFolder();
    const url = await failingProxy(environment.descriptor.tracking.uri, "/confusion.json");
    const interrupted = connect({ ...environment.descriptor, tracking: { ...environment.descriptor.tracking, uri: url } });
    await expect(train(interrupted, workload, { folder, patienceSeconds: 0 })).rejects.toMatchObject({ code: "tracking.unreachable" });
    interrupted[Symbol.dispose]();
    const other = { ...workload, crossValidation: { folds: 4, seed: 1 } };
    await expect(resumeTraining(environment, other, { folder })).rejects.toMatchObject({ code: "train.resume-differs" });
    await resumeTraining(environment, workload, { folder });
    expect(await readdir(folder)).toEqual([]);
    await expect(resumeTraining(environment, workload, { folder })).rejects.toMatchObject({ code: "train.nothing-to-resume" });
  });
});
