import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import { loggedPoints } from "@falconry/training/testing/logged-points.ts";
import type { TrainingReport } from "@falconry/training/train.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { falconryDocument } from "./promoted.fixture.ts";
import { runFalconry } from "./run-falconry.ts";

const environment = await openEnvironment("local");
const { mlflow } = environment;
const parent = mkdtempSync(join(tmpdir(), "falconry-resume-"));
const folder = join(parent, `tides-${randomUUID().slice(0, 8)}`);
let undisturbed: TrainingReport;

/** A table on which no candidate is perfect. */
function tides(rows: number): string {
  const random = seededRandom(5);
  const lines = Array.from({ length: rows }, () => {
    const [moon, wind, place] = [random(), random(), random() > 0.5 ? "bay" : "cape"];
    return [moon.toFixed(4), wind.toFixed(4), place, moon * moon + wind * (place === "bay" ? 1 : -1) + random() > 1 ? "high" : "low"].join(
      ",",
    );
  });
  return ["moon,wind,place,tide", ...lines, ""].join("\n");
}

beforeAll(async () => {
  const from = join(parent, "tides.csv");
  writeFileSync(from, tides(300));
  await falconryDocument(["new", folder, "--from", from, "--target", "tide"]);
  await falconryDocument(["ingest", folder]);
  undisturbed = await falconryDocument(["train", folder, "--budget", "4"]);
});
afterAll(() => {
  environment[Symbol.dispose]();
  rmSync(parent, { recursive: true });
});

/** It comes to what it would have come to: the same figures, the same graph, and in MLflow each point once. */
async function expectAsUndisturbed(resumed: TrainingReport) {
  const said = ({ run: _, model: __, ...figures }: TrainingReport) => figures;
  expect(said(resumed)).toEqual(said(undisturbed));
  const graph = async ({ model: { name, version } }: TrainingReport) =>
    Buffer.from(await mlflow.artifacts.download(await mlflow.modelVersions.artifactUri(name, version), "model.onnx"));
  expect((await graph(resumed)).equals(await graph(undisturbed))).toBe(true);
  expect(await loggedPoints(mlflow, resumed.run)).toEqual(await loggedPoints(mlflow, undisturbed.run));
  expect((await mlflow.runs.get(resumed.run)).info.status).toBe("FINISHED");
}

/** Ends the command by the signal as soon as it has said that. */
async function endedAt(what: string, signal: NodeJS.Signals, args: string[]) {
  let said = "";
  return await runFalconry(args, {
    onStderr(text, kill) {
      const isOver = said.includes(what);
      said += text;
      if (!isOver && said.includes(what)) kill(signal);
    },
  });
}

describe("a training that was ended goes on with --resume", () => {
  test("killed in mid-search, in the nested search, in mid-upload and in mid-registration, one after the other", async () => {
    const moments = ["trial 3,", "without fold 2 of 3", "looking at what it does", "registering the model"];
    for (const [index, moment] of moments.entries()) {
      const args = index === 0 ? ["train", folder, "--budget", "4"] : ["train", folder, "--resume"];
      expect((await endedAt(moment, "SIGKILL", args)).exitCode, moment).toBeNull();
    }
    const resumed: TrainingReport = await falconryDocument(["train", folder, "--resume"]);
    await expectAsUndisturbed(resumed);
    const again = await runFalconry(["train", folder, "--resume", "--json"]);
    expect([again.exitCode, JSON.parse(again.stdout).error.code]).toEqual([3, "train.nothing-to-resume"]);
  });

  test("by Ctrl-C: it says how, and the run says KILLED until it does", async () => {
    const { stderr, exitCode } = await endedAt("trial 3,", "SIGINT", ["train", folder, "--budget", "4"]);
    expect(exitCode).toBeNull();
    expect(stderr).toMatch(/stopped; to go on: falconry train \S*\/tides-\w+ --resume/);
    const { experimentId } = (await mlflow.runs.get(undisturbed.run)).info;
    const runs = [];
    for await (const run of mlflow.runs.search({ experimentIds: [experimentId], filter: "attributes.status = 'KILLED'" }))
      runs.push(run.info.runId);
    const resumed: TrainingReport = await falconryDocument(["train", folder, "--resume"]);
    expect(runs).toEqual([resumed.run]);
    await expectAsUndisturbed(resumed);
  });

  test("on a full disk: it says what to do, and goes on when there is room", async () => {
    // no file may grow beyond 24 blocks of 1024 bytes; a write that would is refused, as by a full disk
    const limited = spawn("bash", [
      "-c",
      `trap '' XFSZ; ulimit -f 24; exec ${join(import.meta.dirname, "falconry")} train "$0" --budget 4 --json`,
      folder,
    ]);
    const [stdout, exitCode] = await Promise.all([text(limited.stdout), new Promise((resolve) => limited.on("close", resolve))]);
    expect([exitCode, JSON.parse(stdout).error]).toMatchObject([
      4,
      { code: "train.journal-unwritable", hint: expect.stringContaining("--resume") },
    ]);
    await expectAsUndisturbed(await falconryDocument(["train", folder, "--resume"]));
  });
});

test("--resume takes no other choice", async () => {
  const { exitCode, stdout } = await runFalconry(["train", folder, "--resume", "--seed", "3", "--json"]);
  expect([exitCode, JSON.parse(stdout).error.message]).toEqual([2, expect.stringContaining("--resume goes on with what was asked for")]);
});
