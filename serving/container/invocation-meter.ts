import {
  bucketOf,
  countedAs,
  emptyCounts,
  latencyBounds,
  maxNamedClasses,
  otherClasses,
  probabilityBounds,
  type ServingCounts,
} from "@falconry/model/serving-metrics.ts";
import type { ModelAnswer } from "./answer.ts";
import { isProbability } from "./probability.ts";

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

  /** The container is about to take requests. */
  started(): void {
    this.#counts.starts += 1;
  }

  /** @param milliseconds from the whole request received to the answer sent */
  succeeded(milliseconds: number): void {
    this.#counts.requests += 1;
    add(this.#counts.latency, bucketOf(latencyBounds, milliseconds));
  }

  /** @param status of the answer; undefined where the call ended without one */
  failed(status: number | undefined): void {
    this.#counts.requests += 1;
    if (status === undefined || status >= 500) this.#counts.serverErrors += 1;
    else this.#counts.clientErrors += 1;
  }

  /** What the model said of a call's rows, whether or not it could be answered with that. */
  predicted({ predictions, probabilities }: ModelAnswer): void {
    const { byClass, byProbability } = this.#counts.predictions;
    for (const [row, prediction] of predictions.entries()) {
      const label = this.#nameOf(prediction);
      byClass[label] = (byClass[label] ?? 0) + 1;
      const given = probabilities?.[row];
      if (given === undefined) continue;
      const probability = given[this.#classes.indexOf(prediction)];
      if (probability !== undefined && given.every(isProbability))
        add(byProbability, bucketOf(probabilityBounds, Math.min(probability, 1)));
      else this.#counts.predictions.invalidProbability += 1;
    }
  }

  /** Numbers spread over many magnitudes have more names than a window has metrics: those that come late share one. */
  #nameOf(prediction: number | string): string {
    const name = this.#labels.get(prediction) ?? countedAs(prediction, this.#classes);
    const { byClass } = this.#counts.predictions;
    return Object.hasOwn(byClass, name) || Object.keys(byClass).length < maxNamedClasses ? name : otherClasses;
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
