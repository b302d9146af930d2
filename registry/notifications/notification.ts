import { z } from "zod";
import type { PromotionEvent } from "../promotion/events.ts";

/** Counts up when a reader of the version before would misread a message. Members may be added without. */
const notificationVersion = 1;

/** What SNS subscribers are told of each change of state; notifications/schema.json is made from it. */
export const notificationSchema = z
  .object({
    schema: z.literal(notificationVersion).describe("Version of this schema."),
    environment: z.string().describe("Name of the environment."),
    workload: z.string().describe("Name of the workload."),
    endpoint: z.string().describe("Name of the SageMaker endpoint."),
    sequence: z
      .int()
      .positive()
      .describe("Place of the event in the endpoint's ledger. A message may come twice, or late: endpoint and sequence tell which it is."),
    time: z.iso.datetime().describe("When it was recorded, UTC."),
    actor: z.string().describe("Who caused it."),
    type: z.string().describe('Kind of the event: "requested", "approved", "baking", "live", "giving-up", "rolled-back", and so on.'),
    promotion: z.string().describe("Id of the promotion, rollback or repair that it belongs to."),
    version: z.int().nonnegative().describe("Version of the registered model that it is about; 0 is the bootstrap model."),
    state: z.string().describe("State of the promotion, rollback or repair after it."),
    reason: z.string().optional().describe("In somebody's words, where there is a reason."),
    by: z.string().optional().describe('Who found that it is to be given up: "judge", "sagemaker", "probe" or "person".'),
    verdict: z.enum(["healthy", "unhealthy", "inconclusive"]).optional().describe("The judge's word on the canary, where it was asked."),
    seconds: z.number().nonnegative().optional().describe("Seconds that going back took, of an event of type rolled-back."),
  })
  .describe("A change of state of a promotion, rollback or repair.");

export type Notification = z.output<typeof notificationSchema>;

/** Where the operation stands after the event. */
export interface Standing {
  state: string;
  version: number;
}

export function notificationOf(
  about: Pick<Notification, "environment" | "workload" | "endpoint">,
  event: PromotionEvent,
  { state, version }: Standing,
): Notification {
  const { sequence, time, actor, type, promotion } = event;
  return {
    schema: notificationVersion,
    ...about,
    ...{ sequence, time, actor, type, promotion, version, state },
    ...("reason" in event && { reason: event.reason }),
    ...("by" in event && { by: event.by }),
    ...("judgement" in event && event.judgement && { verdict: event.judgement.verdict }),
    ...("seconds" in event && { seconds: event.seconds }),
  };
}
