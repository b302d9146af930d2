import { errorFunction } from "simple-statistics";

/** P(|Z| >= z) of a standard normal Z, within 2e-7. */
export function normalTails(z: number): number {
  return Math.min(1 - errorFunction(Math.abs(z) / Math.SQRT2), 1);
}
