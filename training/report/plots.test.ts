import { expect, test } from "vitest";
import { beforeAndAfter } from "../evaluation/before-and-after.ts";
import { svgOf } from "./plot.ts";
import {
  calibrationPlot,
  confusionPlot,
  costPlot,
  importancePlot,
  learningPlot,
  precisionRecallPlot,
  residualsPlot,
  rocPlot,
} from "./plots.ts";

const curve = [
  { x: 0, y: 0 },
  { x: 0.2, y: 0.7 },
  { x: 1, y: 1 },
];

test.each([
  [
    "confusion",
    confusionPlot(
      [
        [3, 1],
        [0, 12],
      ],
      ["no", "yes"],
    ),
    [">12<", ">no<", ">predicted<"],
  ],
  ["ROC of two classes", rocPlot([{ name: "yes", points: curve }]), ["ROC curve", "false positive rate"]],
  ["ROC of many classes", rocPlot(["a", "b", "c"].map((name) => ({ name, points: curve }))), [">class<", ">b<"]],
  ["precision and recall", precisionRecallPlot([{ name: "yes", points: curve }]), [">recall<", ">precision<"]],
  ["calibration", calibrationPlot([{ name: "yes", bins: [{ predicted: 0.2, observed: 0.3, rows: 9 }] }]), [">observed<"]],
  [
    "importance",
    importancePlot([{ feature: "core_flight", mean: 0.1, low: 0, high: 0.2 }], "accuracy"),
    [">core_flight<", "accuracy lost"],
  ],
  [
    "cost by threshold",
    costPlot({
      positive: "yes",
      falsePositive: 1,
      falseNegative: 5,
      threshold: 0.1666,
      outOfFold: { before: 1, after: 0.5 },
      test: beforeAndAfter([1, 1], [0.4, 0.6], 1),
      curve: [0, 0.5, 1].map((threshold) => ({ threshold, outOfFold: threshold, test: 1 - threshold })),
    }),
    ["threshold of yes; chosen: 0.167", ">out of fold<", ">mean cost<"],
  ],
  [
    "learning curve",
    learningPlot({ points: [10, 20, 40, 80].map((rows) => ({ rows, value: rows / 100, folds: [rows / 90, rows / 110] })) }, "accuracy"),
    [">rows to fit on<", ">accuracy<"],
  ],
  ["residuals", residualsPlot([1, 2], [1.5, 1], "kg"), ["predicted, kg"]],
])("%s: a picture with its words, the same bytes each time", async (_, plot, words) => {
  const svg = await svgOf(plot);
  expect(svg).toMatch(/^<svg .*<\/svg>$/s);
  for (const word of words) expect(svg).toContain(word);
  expect(await svgOf(plot)).toBe(svg);
});

test("a point that is out of proportion is drawn, not dropped: as many marks as rows", async () => {
  const svg = await svgOf(residualsPlot([1, 2, 1e6], [1, 2, 3]));
  expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(3);
});

test("words from the data are text, never markup", async () => {
  const svg = await svgOf(importancePlot([{ feature: "<script>alert(1)</script>", mean: 1, low: 1, high: 1 }], "accuracy"));
  expect(svg).not.toContain("<script>");
});
