import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { readRegion, regionUrls } from "@falconry/environment/region.ts";
import { checkoutFolder, regionFolder } from "@falconry/environment/region-folder.ts";
import getPort from "get-port";
import { beforeAll, describe, expect, test } from "vitest";
import { falconryDocument as falconry, promoted, settle } from "./promoted.fixture.ts";

const python = join(checkoutFolder, ".venv", "bin", "python");
const launches = readFileSync(join(checkoutFolder, "workloads", "falcon", "launches.csv"), "utf8");
const asked = { input: launches.split("\n").slice(0, 21).join("\n") };

/** Variables with which Python's clients reach the region. */
async function pythonVariables(): Promise<NodeJS.ProcessEnv> {
  const region = await readRegion(regionFolder());
  if (region === undefined) throw new Error("no region");
  const path = `${join(checkoutFolder, ".venv", "bin")}:${process.env.PATH}`; // mlflow models serve calls uvicorn by name
  return { ...process.env, PATH: path, MLFLOW_TRACKING_URI: regionUrls(region).mlflow, MLFLOW_DISABLE_TELEMETRY: "true" };
}

/** Falcon has a champion: the one of an earlier test, or one that is trained and promoted now. */
beforeAll(async () => {
  await settle("falcon");
  await falconry(["ingest", "falcon"]);
  const { workloads } = await falconry(["status", "falcon"]);
  if (workloads[0].champion !== null) return;
  const { model } = await falconry(["train", "falcon", "--candidate", "logistic-regression"]);
  expect(await promoted("falcon", model.version)).toMatchObject({ state: "live" });
});

test("every prediction names the champion's version, its run and the dataset version", async () => {
  const { workloads } = await falconry(["status", "falcon"]);
  const { dataset } = await falconry(["ingest", "falcon"]);
  const { predictions } = await falconry(["predict", "falcon", "--input", "-"], asked);
  const { champion } = workloads[0];
  expect(predictions).toHaveLength(20);
  for (const prediction of predictions) {
    expect(prediction).toMatchObject({ model: { name: "falcon", version: champion.version }, run: champion.run, dataset: dataset.digest });
  }
});

describe("Python answers what the endpoint answers", () => {
  test("with mlflow.pyfunc.load_model", async () => {
    const { predictions } = await falconry(["predict", "falcon", "--input", "-"], asked);
    const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, "pyfunc.fixture.py"), "models:/falcon@champion"], {
      env: { ...(await pythonVariables()), LAUNCHES: asked.input },
    });
    expectSame(JSON.parse(stdout), predictions);
  });

  test("with mlflow models serve", async () => {
    const { predictions } = await falconry(["predict", "falcon", "--input", "-"], asked);
    const port = await getPort({ host: "127.0.0.1" });
    const args = [
      "-m",
      "mlflow",
      "models",
      "serve",
      "-m",
      "models:/falcon@champion",
      "-h",
      "127.0.0.1",
      "-p",
      String(port),
      "--env-manager",
      "local",
    ];
    const server = spawn(python, args, { env: await pythonVariables(), stdio: "ignore", detached: true });
    try {
      await untilUp(`http://127.0.0.1:${port}/ping`);
      const body = JSON.stringify({ dataframe_records: await records() });
      const answer = await fetch(`http://127.0.0.1:${port}/invocations`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expectSame(((await answer.json()) as { predictions: PyfuncRow[] }).predictions, predictions);
    } finally {
      if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, "SIGKILL");
    }
  });
});

interface PyfuncRow {
  prediction: number;
  probability_1: number;
}

function expectSame(rows: PyfuncRow[], predictions: { prediction: number; probabilities: Record<string, number> }[]): void {
  expect(rows.map((row) => row.prediction)).toEqual(predictions.map(({ prediction }) => prediction));
  for (const [index, row] of rows.entries()) {
    expect(Math.abs(row.probability_1 - (predictions[index]?.probabilities["1"] ?? Number.NaN))).toBeLessThanOrEqual(1e-6);
  }
}

/** The launches as MLflow's scoring server takes them: its signature's types, NaN and "" where a value is missing. */
async function records(): Promise<Record<string, unknown>[]> {
  const { stdout } = await promisify(execFile)(
    python,
    [join(import.meta.dirname, "pyfunc.fixture.py"), "models:/falcon@champion", "--rows"],
    {
      env: { ...(await pythonVariables()), LAUNCHES: asked.input },
    },
  );
  return JSON.parse(stdout);
}

async function untilUp(url: string): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    const up = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (up) return;
    await pause(250);
  }
  throw new Error(`${url} never answered`);
}
