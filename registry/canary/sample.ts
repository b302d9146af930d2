import { latencyBounds, probabilityBounds, type ServingCounts } from "@falconry/model/serving-metrics.ts";
import { sum } from "simple-statistics";
import { z } from "zod";

/** What one model version did between two moments. */
export interface Sample extends ServingCounts {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

/** Predictions whose truth has arrived. */
export interface Truths {
  correct: number;
  total: number;
}

/** What a judgement is made from. */
export interface Evidence {
  champion: Sample;
  challenger: Sample;
  /** Where ground truth arrives, for predictions of the same window. */
  truths?: { champion: Truths; challenger: Truths };
}

/**
 * Why this can't be what two containers counted in the same window: something is missing, is no whole number, is negative, or doesn't add up. Undefined where
 * it can.
 */
export function faultOf(evidence: Evidence): string | undefined {
  const [issue] = evidenceSchema.safeParse(evidence).error?.issues ?? [];
  return issue && `${issue.path.join(".")}: ${issue.message}`;
}

/** Of the requests, those answered with success. */
export function successes({ requests, clientErrors, serverErrors }: ServingCounts): number {
  return requests - clientErrors - serverErrors;
}

const count = z.int().nonnegative();

const sampleSchema = z
  .object({
    from: count,
    to: count,
    starts: count,
    requests: count,
    clientErrors: count,
    serverErrors: count,
    latency: z.array(count).length(latencyBounds.length + 1),
    predictions: z.object({
      byClass: z.record(z.string(), count),
      byProbability: z.array(count).length(probabilityBounds.length),
      invalidProbability: count,
    }),
  })
  .superRefine((sample, { addIssue }) => {
    const fault = (path: string[], message: string) => addIssue({ code: "custom", path, message });
    const [answered, timed] = [successes(sample), sum(sample.latency)];
    if (timed !== answered) fault(["latency"], `${timed} requests were timed, ${answered} answered with success`);
    const { byClass, byProbability, invalidProbability } = sample.predictions;
    const [rows, sure] = [sum(Object.values(byClass)), sum(byProbability) + invalidProbability];
    if (sure !== 0 && sure !== rows) fault(["predictions"], `${rows} rows have a class, ${sure} a probability`);
  });

const truthsSchema = z
  .object({ correct: count, total: count })
  .refine(({ correct, total }) => correct <= total, "more are correct than there are");

const evidenceSchema = z
  .object({
    champion: sampleSchema,
    challenger: sampleSchema,
    truths: z.object({ champion: truthsSchema, challenger: truthsSchema }).optional(),
  })
  .refine(({ champion, challenger }) => champion.from === challenger.from && champion.to === challenger.to, {
    path: ["challenger"],
    message: "it is not of the champion's window",
  });
