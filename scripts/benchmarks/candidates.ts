import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Candidate } from "@falconry/training/candidates/candidate.ts";
import { cnn } from "@falconry/training/candidates/cnn.ts";
import { gradientBoosting } from "@falconry/training/candidates/gradient-boosting.ts";
import { logisticRegression } from "@falconry/training/candidates/logistic-regression.ts";
import { mlp } from "@falconry/training/candidates/mlp.ts";
import { digitImages, type LabelledRows, manyRows } from "./labelled-rows.ts";
import type { Measurement } from "./measurement.ts";
import { peersPython, runPeer } from "./peers.ts";

interface Rivals {
  what: string;
  candidate: Candidate;
  peer: "scikit-learn" | "LightGBM" | "Keras";
  /** As both sides take them. */
  settings: object;
  rows: { train: LabelledRows; test: LabelledRows };
}

const linear = { C: 1 };
const boosting = { rounds: 100, learningRate: 0.1, leaves: 31 };
const perceptron = { hiddenUnits: [64, 32], epochs: 5, batchSize: 512, learningRate: 0.002, l2: 0 };
const convolutional = {
  image: { height: 28, width: 28, channels: 1 },
  filters: [16, 32],
  hiddenUnits: [64],
  epochs: 2,
  batchSize: 128,
  learningRate: 0.002,
  l2: 0,
};

/** Fits of the same rows beside what Python's users would take: seconds, and the share of unseen rows told right. */
export async function measureCandidates(runs: number): Promise<Measurement[]> {
  const python = await peersPython();
  const rows = manyRows();
  const rivals: Rivals[] = [
    { what: "logistic regression", candidate: logisticRegression("lr", linear), peer: "scikit-learn", settings: linear, rows },
    { what: "gradient boosting", candidate: gradientBoosting("gbm", boosting), peer: "LightGBM", settings: boosting, rows },
    { what: "mlp", candidate: mlp("mlp", perceptron), peer: "Keras", settings: perceptron, rows },
  ];
  const images = await digitImages();
  if (images === undefined) process.stderr.write("cnn: left out, ../shared/data/imagery is not there\n");
  else rivals.push({ what: "cnn", candidate: cnn("cnn", convolutional), peer: "Keras", settings: convolutional, rows: images });
  const measurements: Measurement[] = [];
  for (const rival of rivals) measurements.push(...(await measure(rival, python, runs)));
  return measurements;
}

async function measure({ what, candidate, peer, settings, rows }: Rivals, python: string, runs: number): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "falconry-candidates-"));
  const ours: Fitted[] = [];
  const theirs: Fitted[] = [];
  try {
    await writeFile(join(folder, "rows.json"), JSON.stringify({ settings }));
    for (const [part, { inputs, labels }] of Object.entries(rows)) {
      await writeFile(join(folder, `${part}.inputs`), inputs.values);
      await writeFile(join(folder, `${part}.labels`), Int32Array.from(labels));
    }
    // what is loaded and compiled once is not measured; V8 compiles a loop only when it has run for long enough
    await fitOurs(candidate, rows);
    for (let run = 0; run < runs; run++) {
      ours.push(await fitOurs(candidate, rows));
      theirs.push(JSON.parse(await runPeer(python, "candidates.py", [folder, peer])));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const { rows: count, columns } = rows.train.inputs;
  const row = (unit: string, of: keyof Fitted): Measurement => ({
    benchmark: "candidates",
    what: `${what}, ${count} x ${columns}`,
    unit,
    ours: ours.map((one) => one[of]),
    other: { name: peer, runs: theirs.map((one) => one[of]) },
  });
  return [row("s", "seconds"), row("accuracy", "score")];
}

interface Fitted {
  seconds: number;
  score: number;
}

async function fitOurs(candidate: Candidate, { train, test }: Rivals["rows"]): Promise<Fitted> {
  const started = performance.now();
  const { predict } = await candidate.fit({ ...train, categorical: [] }, 1);
  const seconds = (performance.now() - started) / 1000;
  const right = predict(test.inputs).filter((row, index) => row.indexOf(Math.max(...row)) === test.labels[index]);
  return { seconds, score: right.length / test.labels.length };
}
