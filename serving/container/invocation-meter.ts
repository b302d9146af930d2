import { bucketOf, countedAs, emptyCounts, latencyBounds, probabilityBounds, type ServingCounts } from "@falconry/model/serving-metrics.ts";
import type { ModelAnswer } from "./answer.ts";

/** Counts what one container answers. */
export class InvocationMeter {
  readonly #classes: readonly (number | string)[];
  readonly #labels: ReadonlyMap<number | string, string>;
  #counts = emptyCounts();

  /** @param classes of the model, in the order of a row of its probabilities */
  constructor(classes: readonly (number | string)[]) {
    this.#classes = classes;
    this.#labels = new Map(classes.map((label) => [label, countedAs(label, classes)]));
  }

  /** @param milliseconds from the whole request received to the answer sent */
  succeeded(milliseconds: number, answer: ModelAnswer): void {
    const { latency, predictions } = this.#counts;
    this.#counts.requests += 1;
    add(latency, bucketOf(latencyBounds, milliseconds));
    for (const [row, prediction] of answer.predictions.entries()) {
      const label = this.#labels.get(prediction) ?? countedAs(prediction, this.#classes);
      predictions.byClass[label] = (predictions.byClass[label] ?? 0) + 1;
      const probabilities = answer.probabilities?.[row];
      if (probabilities === undefined) continue;
      const probability = probabilities[this.#classes.indexOf(prediction)] ?? Number.NaN;
      if (probability >= 0 && probability <= 1) add(predictions.byProbability, bucketOf(probabilityBounds, probability));
      else predictions.invalidProbability += 1;
    }
  }

  /** @param status of the answer; undefined where the call ended without one */
  failed(status: number | undefined): void {
    this.#counts.requests += 1;
    if (status === undefined || status >= 500) this.#counts.serverErrors += 1;
    else this.#counts.clientErrors += 1;
  }

  /** The counts since the last call. */
  take(): ServingCounts {
    const counts = this.#counts;
    this.#counts = emptyCounts();
    return counts;
  }
}

function add(buckets: number[], bucket: number): void {
  buckets[bucket] = (buckets[bucket] ?? 0) + 1;
}
