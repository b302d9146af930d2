import { bucketOf, emptyCounts, latencyBounds, maxNamedClasses, otherClasses, probabilityBounds } from "@falconry/model/serving-metrics.ts";
import { expect, test } from "vitest";
import { InvocationMeter } from "./invocation-meter.ts";

test("a success counts once for its latency, and every row for its class and probability", () => {
  const meter = new InvocationMeter([0, 1]);
  const probabilities = [
    [0.07, 0.93],
    [0.6, 0.4],
  ];
  meter.predicted({ predictions: [1, 0], probabilities });
  meter.succeeded(12);
  const counts = meter.take();
  expect(counts).toMatchObject({ requests: 1, clientErrors: 0, serverErrors: 0 });
  expect(counts.latency[bucketOf(latencyBounds, 12)]).toBe(1);
  expect(counts.predictions.byClass).toEqual({ 0: 1, 1: 1 });
  for (const probability of [0.93, 0.6]) expect(counts.predictions.byProbability[bucketOf(probabilityBounds, probability)]).toBe(1);
});

test("an error counts for its kind, and has no latency", () => {
  const meter = new InvocationMeter([0, 1]);
  for (const status of [400, 422, 500, undefined]) meter.failed(status);
  expect(meter.take()).toEqual({ ...emptyCounts(), requests: 4, clientErrors: 2, serverErrors: 2 });
});

test("a row with a probability that is none is counted apart; a model without probabilities has none", () => {
  const meter = new InvocationMeter(["a", "b"]);
  meter.predicted({ predictions: ["a", "b", "b"], probabilities: [[1.5, 0], [0.5], [Number.NaN, 0.5]] });
  meter.predicted({ predictions: ["a"] });
  expect(meter.take().predictions).toEqual({ ...emptyCounts().predictions, byClass: { a: 2, b: 2 }, invalidProbability: 3 });
});

test("what is no class of the model is counted under the name for that", () => {
  const meter = new InvocationMeter(["a"]);
  meter.predicted({ predictions: ["a", "z"] });
  expect(meter.take().predictions.byClass).toEqual({ a: 1, [otherClasses]: 1 });
});

test("a start is counted once, in the window that it begins", () => {
  const meter = new InvocationMeter([0]);
  meter.started();
  expect(meter.take()).toEqual({ ...emptyCounts(), starts: 1 });
  expect(meter.take()).toEqual(emptyCounts());
});

test("a window begins with nothing", () => {
  const meter = new InvocationMeter([0]);
  meter.failed(400);
  meter.take();
  expect(meter.take()).toEqual(emptyCounts());
});

test("a regression's answers are counted by their first digit, of more magnitudes than a window can name the later ones together", () => {
  const meter = new InvocationMeter([]);
  meter.predicted({ predictions: [5.2, 5.9, 6, -5.2] });
  expect(meter.take().predictions).toEqual({ ...emptyCounts().predictions, byClass: { 5: 2, 6: 1, "-5": 1 } });
  const magnitudes = Array.from({ length: maxNamedClasses + 2 }, (_, exponent) => 10 ** exponent);
  meter.predicted({ predictions: [...magnitudes, 1] });
  const { byClass } = meter.take().predictions;
  expect(Object.keys(byClass)).toHaveLength(maxNamedClasses + 1);
  expect(byClass).toMatchObject({ 1: 2, [otherClasses]: 2 });
});
