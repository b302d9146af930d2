import type { Candidate } from "../candidates/candidate.ts";
import type { Metrics } from "../evaluation/measure.ts";

/** Settings that a search tries. */
export interface Trial {
  /** From 1 on. */
  number: number;
  /** Name of the declared candidate whose settings are varied. */
  of: string;
  candidate: Candidate;
  /** What it came to on each fold that it was measured on, in their order, and when that was known (milliseconds since the epoch). */
  folds: { metrics: Metrics<number>; at: number }[];
  /** Why it cannot be fitted. */
  failure?: string;
}

/** What its folds are remembered under. */
export function trialPiece({ number }: Pick<Trial, "number">): string {
  return `trial ${number}`;
}
