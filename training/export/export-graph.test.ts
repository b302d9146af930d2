import { fc, test } from "@fast-check/vitest";
import { describe, expect, vi } from "vitest";
import type { Candidate } from "../candidates/candidate.ts";
import { fitModel } from "../candidates/fit-model.ts";
import { gradientBoosting } from "../candidates/gradient-boosting.ts";
import { linearRegression } from "../candidates/linear-regression.ts";
import { logisticRegression } from "../candidates/logistic-regression.ts";
import { majority } from "../candidates/majority.ts";
import { meanBaseline } from "../candidates/mean.ts";
import { calibrated, fitCalibration } from "../evaluation/calibration.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { exportGraph } from "./export-graph.ts";

// a property loads dozens of graphs
vi.setConfig({ testTimeout: 60_000 });

const row = fc.record({
  // not exact in 32 bits, as the graph reads it
  mass: fc.option(fc.integer({ min: -1e8, max: 1e8 }).map((thousandths) => thousandths / 1000)),
  // never missing where it is fitted, for some
  block: fc.option(fc.constantFrom(0.1, 0.2, 0.3, 1 / 3), { freq: 20 }),
  orbit: fc.option(fc.constantFrom("LEO", "GTO", "É", "SSO", "")),
  label: fc.nat({ max: 2 }),
  value: fc.integer({ min: -1e7, max: 1e7 }).map((thousandths) => thousandths / 1000),
});

function tables(classes: number[]): fc.Arbitrary<FeatureTable> {
  return fc.array(row, { minLength: 4, maxLength: 60 }).map((rows) =>
    tableOf(
      {
        mass: numbers(rows.map(({ mass }) => mass)),
        orbit: rows.map(({ orbit }) => orbit),
        block: numbers(rows.map(({ block }) => block)),
      },
      rows.map(({ label, value }, index) => (classes.length === 0 ? value : index < classes.length ? index : label % classes.length)),
      classes,
    ),
  );
}

const boosting = gradientBoosting("gbm", { rounds: 20, learningRate: 0.3, leaves: 8, minRowsPerLeaf: 1 });
const classifiers = [
  majority("majority"),
  logisticRegression("lr", { C: 1 }),
  logisticRegression("sparse lr", { C: 1, penalty: "l1" }),
  boosting,
];
const regressors = [
  meanBaseline("mean"),
  linearRegression("ridge", { alpha: 1 }),
  linearRegression("lasso", { alpha: 0.1, penalty: "l1" }),
  boosting,
];
const tasks: [string, number[], Candidate[]][] = [
  ["two classes", [0, 1], classifiers],
  ["three classes", [0, 1, 2], classifiers],
  ["a regression", [], regressors],
];

describe.for(tasks)("%s: whatever the rows", ([, classes, candidates]) => {
  test.prop([tables(classes), tables(classes)], { numRuns: 20 })(
    "the graph answers what the fitted model answers, and its bytes are always the same",
    async (train, unseen) => {
      for (const candidate of candidates) {
        const model = await fitModel(candidate, train, 0);
        expect(Buffer.from(await exportGraph(model, unseen)).equals(await exportGraph(model, train))).toBe(true);
      }
    },
  );
});

test.prop([tables([0, 1]), tables([0, 1, 2])], { numRuns: 10 })(
  "a calibrated model's graph answers as it does, whatever the rows",
  async (...drawn) => {
    for (const train of drawn) {
      for (const candidate of [...classifiers, logisticRegression("certain", { C: 1e6 })]) {
        const model = await fitModel(candidate, train, 0);
        // on its own rows: as sharp as can be
        const calibration = await fitCalibration(model.predict(train), train.labels);
        const predict = (rows: FeatureTable) => calibration.apply(model.predict(rows));
        await exportGraph({ ...model, predict, estimator: calibrated(model.estimator, calibration) }, train);
      }
    }
  },
);

test("a year is told from the next one, large as its mean is beside its deviation", async () => {
  const rows = tableOf({ year: numbers([2015, 2016, 2017, 2017, 2018, 2019, 2020]) }, [0, 0, 1, 0, 1, 1, 1]);
  await expect(exportGraph(await fitModel(logisticRegression("lr", { C: 1000 }), rows, 0), rows)).resolves.toBeInstanceOf(Uint8Array);
});

test("a graph that answers something else is refused with row, class and both probabilities", async () => {
  const rows = { ...tableOf({ x: numbers([1, 2]) }, [0, 1], ["no", "yes"]), keys: [["a", "b"], numbers([7, 8])] };
  const model = {
    ...(await fitModel(majority("majority"), rows, 0)),
    predict: () => [
      [0.5, 0.5],
      [0.5001, 0.4999],
    ],
  };
  await expect(exportGraph(model, rows)).rejects.toMatchObject({
    code: "train.export-differs",
    message: "b, 8: probability of no is 0.5 by the graph, 0.5001 by the fitted model",
  });
});
