import { z } from "zod";

/** What a gate found. `measured` and `required` are for people; a gate that could not measure says why, and did not pass. */
export const verdictSchema = z.strictObject({ name: z.string(), passed: z.boolean(), measured: z.string(), required: z.string() });

export type Verdict = z.infer<typeof verdictSchema>;
