import type { LearningCurve } from "../evaluation/learning-curve.ts";
import type { ThresholdEffect } from "../evaluation/threshold-effect.ts";
import type { CalibrationBin, Point } from "./curves.ts";
import type { Importance } from "./permutation-importance.ts";
import type { Layer, Plot } from "./plot.ts";

const side = 320;
const share = { domain: [0, 1] };
const colour = "#3366aa";
const diagonal: Layer = {
  data: {
    values: [
      { x: 0, y: 0 },
      { x: 1, y: 1 },
    ],
  },
  mark: { type: "line", strokeDash: [4, 4], color: "#888888" },
  encoding: { x: { field: "x", type: "quantitative" }, y: { field: "y", type: "quantitative" } },
};

/** @param matrix row: actual class, column: predicted class */
export function confusionPlot(matrix: readonly (readonly number[])[], classes: readonly (number | string)[]): Plot {
  const values = matrix.flatMap((cells, actual) => {
    const rows = cells.reduce((sum, count) => sum + count, 0);
    return cells.map((count, predicted) => ({
      actual: String(classes[actual]),
      predicted: String(classes[predicted]),
      count,
      share: rows === 0 ? 0 : count / rows,
    }));
  });
  const order = classes.map(String);
  return {
    title: "Test rows by actual and predicted class",
    width: side,
    height: side,
    data: { values },
    encoding: {
      x: { field: "predicted", type: "nominal", sort: order, axis: { orient: "top", title: "predicted", labelAngle: 0 } },
      y: { field: "actual", type: "nominal", sort: order },
    },
    layer: [
      {
        mark: "rect",
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            scale: { ...share, range: ["#ffffff", colour], interpolate: "rgb" },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text" },
        encoding: {
          text: { field: "count", type: "quantitative" },
          color: { condition: { test: "datum.share > 0.6", value: "white" }, value: "black" },
        },
      },
    ],
  };
}

/** A curve of one class against the rest. */
export interface ClassCurve {
  name: string;
  points: readonly Point[];
}

export function rocPlot(curves: readonly ClassCurve[]): Plot {
  return curvePlot("ROC curve", curves, ["false positive rate", "true positive rate"], [diagonal]);
}

export function precisionRecallPlot(curves: readonly ClassCurve[]): Plot {
  return curvePlot("Precision and recall", curves, ["recall", "precision"], []);
}

export function calibrationPlot(bins: readonly { name: string; bins: readonly CalibrationBin[] }[]): Plot {
  return {
    title: "Predicted probability and observed share",
    width: side,
    height: side,
    layer: [
      diagonal,
      {
        data: {
          values: bins.flatMap(({ name, bins: of }) =>
            of.map(({ predicted, observed, rows }) => ({ name, x: predicted, y: observed, rows })),
          ),
        },
        mark: { type: "line", point: true },
        encoding: {
          x: { field: "x", type: "quantitative", scale: share, title: "predicted" },
          y: { field: "y", type: "quantitative", scale: share, title: "observed" },
          color: colours(bins.length),
        },
      },
    ],
  };
}

const mostFeatures = 30;

export function importancePlot(importances: readonly Importance[], metric: string): Plot {
  const shown = importances.slice(0, mostFeatures);
  return {
    title: `Loss of ${metric} on the test rows without a feature`,
    width: side,
    height: { step: 18 },
    data: { values: shown.map(({ feature, mean, low, high }) => ({ feature, mean, low, high })) },
    encoding: { y: { field: "feature", type: "nominal", sort: shown.map(({ feature }) => feature), title: null } },
    layer: [
      { mark: { type: "bar", color: colour }, encoding: { x: { field: "mean", type: "quantitative", title: `${metric} lost` } } },
      { mark: { type: "rule" }, encoding: { x: { field: "low", type: "quantitative" }, x2: { field: "high" } } },
    ],
  };
}

/** The mean over the folds as a line, each fold as a point. */
export function learningPlot({ points }: LearningCurve, metric: string): Plot {
  const x = { field: "rows", type: "quantitative", scale: { type: "log", base: 2, nice: false }, title: "rows to fit on" } as const;
  const y = { field: "value", type: "quantitative", scale: { zero: false }, title: metric } as const;
  return {
    title: "What more rows brought",
    width: side,
    height: side,
    encoding: { x, y },
    layer: [
      {
        data: { values: points.flatMap(({ rows, folds }) => folds.map((value) => ({ rows, value }))) },
        mark: { type: "point", color: "#888888" },
      },
      { data: { values: points.map(({ rows, value }) => ({ rows, value })) }, mark: { type: "line", point: true, color: colour } },
    ],
  };
}

/** Where a threshold that was chosen by cost lies, and what others would have cost. */
export function costPlot({ threshold, positive, curve }: ThresholdEffect): Plot {
  const values = curve.flatMap(({ threshold: x, outOfFold, test }) => [
    { x, cost: outOfFold, rows: "out of fold" },
    { x, cost: test, rows: "test" },
  ]);
  return {
    title: `Mean cost of a row by threshold of ${positive}; chosen: ${Number(threshold.toPrecision(3))}`,
    width: side,
    height: side,
    layer: [
      {
        data: { values: [{ x: threshold }] },
        mark: { type: "rule", strokeDash: [4, 4], color: "#888888" },
        encoding: { x: { field: "x", type: "quantitative" } },
      },
      {
        data: { values },
        mark: { type: "line", interpolate: "step-after" },
        encoding: {
          x: { field: "x", type: "quantitative", scale: share, title: "threshold" },
          y: { field: "cost", type: "quantitative", title: "mean cost" },
          color: { field: "rows", type: "nominal", title: "rows" },
        },
      },
    ],
  };
}

const mostPoints = 2_000;

/** @param unit of the target, where it has one */
export function residualsPlot(predicted: readonly number[], actual: readonly number[], unit?: string): Plot {
  const stride = Math.ceil(predicted.length / mostPoints);
  const values = predicted.flatMap((value, row) =>
    row % stride === 0 ? [{ predicted: value, residual: (actual[row] ?? Number.NaN) - value }] : [],
  );
  const of = (name: string) => (unit === undefined ? name : `${name}, ${unit}`);
  return {
    title: "What the predictions missed by",
    width: side,
    height: side,
    data: { values },
    layer: [
      { mark: { type: "rule", color: "#888888" }, encoding: { y: { datum: 0 } } },
      {
        mark: { type: "point", filled: true, opacity: 0.4, size: 18, color: colour },
        encoding: {
          x: { field: "predicted", type: "quantitative", title: of("predicted"), scale: { zero: false } },
          y: { field: "residual", type: "quantitative", title: of("actual - predicted") },
        },
      },
    ],
  };
}

function curvePlot(title: string, curves: readonly ClassCurve[], [x, y]: readonly [string, string], below: readonly Layer[]): Plot {
  return {
    title,
    width: side,
    height: side,
    layer: [
      ...below,
      {
        data: { values: curves.flatMap(({ name, points }) => points.map((point, order) => ({ name, order, ...point }))) },
        mark: { type: "line", interpolate: "linear" },
        encoding: {
          x: { field: "x", type: "quantitative", scale: share, title: x },
          y: { field: "y", type: "quantitative", scale: share, title: y },
          order: { field: "order", type: "quantitative" },
          color: colours(curves.length),
        },
      },
    ],
  };
}

/** Of a single curve nobody needs a legend. */
function colours(curves: number) {
  return curves === 1 ? { value: colour } : ({ field: "name", type: "nominal", title: "class" } as const);
}
