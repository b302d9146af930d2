import { z } from "zod";

const verdictSchema = z.enum(["healthy", "unhealthy", "inconclusive"]);

/** What one check found, with the numbers that it rests on. `measured` and `required` are for people. */
export const findingSchema = z.strictObject({
  name: z.string(),
  verdict: verdictSchema,
  measured: z.string(),
  required: z.string(),
  /** Finite ones only; none where there was nothing to measure. */
  numbers: z.record(z.string(), z.number()),
});

export type Verdict = z.infer<typeof verdictSchema>;
export type Finding = z.infer<typeof findingSchema>;

/** How much worse the challenger is: as measured, at most (with 97.5 % confidence), and how often chance alone makes it look as bad. */
export interface Difference {
  measured: number;
  atMost: number;
  /** In [0, 1]. */
  p: number;
}

/**
 * Three answers, for "not shown to be worse" is not "shown not to be worse": unhealthy where the difference is above the limit and no chance, healthy
 * where more than the limit can be excluded, and until either is so, inconclusive.
 */
export function verdictOn({ measured, atMost, p }: Difference, limit: number, significance: number): Verdict {
  if (measured > limit && p < significance) return "unhealthy";
  return atMost <= limit ? "healthy" : "inconclusive";
}
