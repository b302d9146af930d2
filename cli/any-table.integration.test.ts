import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { type RecordedPredictions, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { type Passed, runGates } from "@falconry/registry/gates/run-gates.ts";
import { knownTablesFolder, metricsOf, reached, smallTables } from "@falconry/training/testing/known-tables.ts";
import { temporaryFolder } from "@falconry/training/testing/temporary-folder.ts";
import type { TrainingReport } from "@falconry/training/train.ts";
import getPort from "get-port";
import { afterAll, describe, expect, test, vi } from "vitest";
import { falconryDocument as falconry } from "./promoted.fixture.ts";
import { trainedTable } from "./trained-table.fixture.ts";

const environment = await openEnvironment("local");
afterAll(() => environment[Symbol.dispose]());

const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

describe.skipIf(!existsSync(knownTablesFolder))("tables of the world (../shared/data), without a hand's edit", () => {
  test.each(smallTables)("$name reaches what it has to, passes every gate, and is served as it was fitted", async (table) => {
    await trainedTable(table, unique(table.name), async ({ made, ingested, report }) => {
      expect(ingested.accepted + ingested.quarantined).toBe(made.table.records);
      for (const [metric, atLeast] of metricsOf(table)) expect(reached(table, metric, report), metric).toBeGreaterThanOrEqual(atLeast);
      const { gates, passed } = await runGates(
        environment,
        report.workload,
        report.model.version,
        undefined,
        await loadWorkload(made.folder),
      );
      expect(gates.filter((gate) => !gate.passed)).toEqual([]);
      if (passed !== undefined) await expectServedAsFitted(passed, report);
    });
  });

  test("falcon's landing pad and its count of reuses are named as leaks, with their numbers", async () => {
    const from = join(knownTablesFolder, "falcon/dataset_part_2.csv");
    const { leaks } = await falconry(["new", join(await temporaryFolder(), "landings"), "--from", from, "--target", "Class"]);
    expect(leaks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ column: "LandingPad", reason: expect.stringContaining("accuracy .844") }),
        expect.objectContaining({ column: "ReusedCount", reason: expect.stringContaining("AUC .821") }),
      ]),
    );
  });

  test("flight bookings in Latin-1, with duplicates, are read without a word", async () => {
    const folder = join(await temporaryFolder(), unique("flights"));
    const from = join(knownTablesFolder, "flyhigh/ba_customer_booking.csv");
    await falconry(["new", folder, "--from", from, "--target", "booking_complete"]);
    expect(await falconry(["ingest", folder])).toMatchObject({ accepted: 50_000, quarantined: 0 });
  });
});

describe("a table of our own", () => {
  test("with classes that are texts is served with a probability for each", async () => {
    const from = await leavesFile();
    await trainedTable({ from, target: "tree" }, unique("leaves"), async ({ made, report }) => {
      expect(made.target).toMatchObject({ task: "classification", classes: 3 });
      const { passed } = await runGates(environment, report.workload, report.model.version, undefined, await loadWorkload(made.folder));
      if (passed === undefined) throw new Error("a gate failed");
      await expectServedAsFitted(passed, report);
    });
  });

  test("whose mistakes cost is decided by the same threshold in the report, in every gate and in a container", async () => {
    const folder = join(await temporaryFolder(), unique("limes"));
    await falconry(["new", folder, "--from", await leavesFile("other"), "--target", "tree", "--exclude", "wood"]);
    const file = join(folder, "workload.ts");
    const costly = 'metric: "accuracy",\n  calibration: true,\n  costs: { positive: "lime", falsePositive: 1, falseNegative: 30 },';
    await writeFile(file, (await readFile(file, "utf8")).replace('metric: "accuracy",', costly).replace(/floor: [0-9.]+/, "floor: 0.1"));
    await falconry(["ingest", folder]);
    const report: TrainingReport = await falconry(["train", folder]);
    const { gates, passed } = await runGates(environment, report.workload, report.model.version, undefined, await loadWorkload(folder));
    const rows = gates.find(({ name }) => name === "metric-floor")?.measured;
    expect(rows).toMatch(new RegExp(`^accuracy ${report.test.accuracy?.value.toFixed(4)} `));
    if (passed === undefined) throw new Error(JSON.stringify(gates));
    const answers = await expectServedAsFitted(passed, report);
    const { threshold } = await artifactOf(report, "evaluation/threshold.json");
    expect(threshold).toBeLessThan(0.5);
    expect(await artifactOf(report, "evaluation/learning-curve.json")).toHaveLength(4);
    for (const { prediction, probabilities } of answers) expect(prediction).toBe((probabilities?.lime ?? 0) > threshold ? "lime" : "other");
  });

  test("whose target is a number is trained by its group, and `models` shows what it reaches", async () => {
    const folder = join(await temporaryFolder(), unique("heights"));
    await falconry(["new", folder, "--from", await leavesFile(), "--target", "length", "--group-column", "wood"]);
    await falconry(["ingest", folder]);
    const report: TrainingReport = await falconry(["train", folder]);
    expect(report.test.r2?.value).toBeGreaterThan(0.5);
    const { versions } = await falconry(["models", folder]);
    expect(versions[0].metrics["test.r2"]).toBe(report.test.r2?.value);
  });
});

/** Leaves whose length and width tell the tree. @param oaksAndBeeches what both are called */
async function leavesFile(oaksAndBeeches?: string): Promise<string> {
  const rows = Array.from({ length: 240 }, (_, row) => {
    const named = ["oak", "beech", "lime"][row % 3];
    const tree = named === "lime" ? named : (oaksAndBeeches ?? named);
    const width = 2 + (row % 3) + ((row * 37) % 20) / 10;
    const length = width * 2 + ((row * 13) % 10) / 10;
    return [tree, width.toFixed(2), length.toFixed(2), `wood ${(row * 7) % 12}`].join(",");
  });
  const file = join(await temporaryFolder(), "leaves.csv");
  await writeFile(file, ["tree,width,length,wood", ...rows].join("\n"));
  return file;
}

/** A container of this model alone answers the first test rows as the fitted model did. */
async function expectServedAsFitted({ files, probeRows }: Passed, report: TrainingReport): Promise<Answers["predictions"]> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const recorded: RecordedPredictions = await artifactOf(report, recordedPredictionsPath);
  const { predictions } = await answersOfContainer(folder, probeRows);
  expect(predictions).toHaveLength(probeRows.length);
  for (const [row, { prediction, probabilities }] of predictions.entries()) {
    if ("predictions" in recorded) {
      expect(probabilities).toBeNull();
      expect(prediction).toBeCloseTo(recorded.predictions[row] ?? Number.NaN, 4);
      continue;
    }
    const fitted = recorded.classes.map((name, place) => [
      String(name),
      expect.closeTo(recorded.probabilities[row]?.[place] ?? Number.NaN, 4),
    ]);
    expect(probabilities).toEqual(Object.fromEntries(fitted));
    expect(recorded.classes).toContain(prediction);
  }
  return predictions;
}

async function artifactOf({ run }: TrainingReport, path: string) {
  const { info } = await environment.mlflow.runs.get(run);
  return JSON.parse(Buffer.from(await environment.mlflow.artifacts.download(info.artifactUri, path)).toString("utf8"));
}

interface Answers {
  predictions: { prediction: number | string; probabilities: Record<string, number> | null }[];
}

async function answersOfContainer(folder: string, instances: unknown[]): Promise<Answers> {
  const port = await getPort({ host: "127.0.0.1" });
  const env = { PATH: process.env.PATH, SM_MODEL_DIR: folder, SAGEMAKER_BIND_TO_PORT: String(port) };
  const main = join(checkoutFolder, "serving/container/main.ts");
  const container = spawn(process.execPath, [main, "serve"], { env, stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(container, "exit");
  try {
    const url = `http://127.0.0.1:${port}`;
    await vi.waitFor(async () => expect((await fetch(`${url}/ping`)).status).toBe(200), { timeout: 60_000, interval: 100 });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/invocations`, { method: "POST", headers, body: JSON.stringify({ instances }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return JSON.parse(text);
  } finally {
    container.kill("SIGTERM");
    await ended;
  }
}
