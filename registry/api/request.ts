import { FalconryError } from "@falconry/environment/error.ts";
import { z } from "zod";
import { maxPageEvents } from "../history.ts";

/** What a client sent: everything in it is somebody's claim until it was read by {@link readRequest}. */
export interface Sent {
  params: unknown;
  query: unknown;
  body: unknown;
}

const maxVersion = 1_000_000_000;
const maxReasonCharacters = 1_000;

const nothing = z.strictObject({}).nullish();
/** As model/workload.ts has it. */
const name = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/);
const version = z.number().int().positive().max(maxVersion);
/** Its emptiness is the registry's to refuse, who says why a reason is wanted. */
const reason = z
  .string()
  .max(maxReasonCharacters)
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u, "no control characters, no line breaks, one direction of writing");

const promotionParams = z.strictObject({ id: z.string().regex(/^[a-z][a-z0-9-]{0,40}-[1-9][0-9]{0,9}$/) });
const workloadParams = z.strictObject({ name });
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^[0-9]{1,10}$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most));
const page = z.strictObject({ after: wholeNumber(0, maxVersion).optional(), limit: wholeNumber(1, maxPageEvents).optional() });

/** What each kind of request must look like. */
export const requests = {
  about: {
    everything: z.object({ params: nothing, query: nothing, body: nothing }),
    promotion: z.object({ params: promotionParams, query: nothing, body: nothing }),
    workload: z.object({ params: workloadParams, query: nothing, body: nothing }),
  },
  promote: z.object({
    params: nothing,
    query: nothing,
    body: z.strictObject({ workload: name, version, again: reason.optional() }),
  }),
  decide: z.object({ params: promotionParams, query: nothing, body: z.strictObject({ reason }) }),
  rollback: z.object({ params: workloadParams, query: nothing, body: z.strictObject({ reason, to: version.optional() }) }),
  history: z.object({ params: workloadParams, query: page, body: nothing }),
  refusals: z.object({ params: nothing, query: page, body: nothing }),
};

/** @throws FalconryError `control-plane.request` – with the member that is wrong, and never with its value */
export function readRequest<Asked>(schema: z.ZodType<Asked>, sent: Sent): Asked {
  const read = schema.safeParse(sent);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new FalconryError("control-plane.request", {
    message: `the request's ${issue?.path.join(".")}: ${issue?.code === "unrecognized_keys" ? "it has members that nobody asked for" : issue?.message}`,
    hint: "registry/api/README.md shows what each route takes",
  });
}
