import { setImmediate } from "node:timers/promises";
import { FalconryError } from "@falconry/environment/error.ts";
import { z } from "zod";
import { type Metrics, metricNames } from "../evaluation/measure.ts";
import type { TrainingJournal } from "./training-journal.ts";

/** JSON has no NaN, which is what a metric is that could not be had. */
const valueSchema = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

const outcomeSchema = z.union([
  z.strictObject({ metrics: z.partialRecord(z.enum(metricNames), valueSchema) }),
  z.strictObject({ failure: z.strictObject({ message: z.string(), hint: z.string() }) }),
]);

/** What a candidate came to on a fold, or why it cannot be fitted. */
export type Outcome = { metrics: Metrics<number> } | { failure: { message: string; hint: string } };

/** @param key of the fold, within the training */
export type FoldMemory = (
  key: string,
  measureNow: () => Promise<Metrics<number>>,
) => Promise<{ outcome: Outcome; at: number; seconds: number }>;

/** The key of a fold of a cross-validation. @param piece whose it is, within the training */
export function foldKey(piece: string, fold: number): string {
  return `${piece}/fold ${fold}`;
}

/** Measures a fold once in a training, however often that is killed and goes on. */
export function foldMemory(journal: TrainingJournal): FoldMemory {
  return async (key, measureNow) => {
    const { value, at, seconds } = await journal.remember(key, outcomeSchema, () => outcomeOf(measureNow));
    return { outcome: value, at, seconds };
  };
}

/** A connection is opened, a request written and an answer read in a turn each. */
const turnsBetweenFits = 5;

async function outcomeOf(measureNow: () => Promise<Metrics<number>>): Promise<Outcome> {
  // a fit keeps the process to itself: between two of them what is said to MLflow goes out and its answers come in, and Ctrl-C is heard
  for (let turn = 0; turn < turnsBetweenFits; turn++) await setImmediate();
  try {
    return { metrics: await measureNow() };
  } catch (error) {
    if (error instanceof FalconryError && error.code === "train.candidate-failed")
      return { failure: { message: error.message, hint: error.hint } };
    throw error;
  }
}
