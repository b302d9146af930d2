import { z } from "zod";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const storedFile = z.object({ path: z.string(), sha256: digest, bytes: z.number().int().nonnegative() });

/**
 * A feature set: what `features.sql` made of one dataset version, split into the rows to fit on and the rows to test on.
 * Its manifest stands in the features bucket at `sets/<digest>.json`, where digest = SHA-256 of its canonical JSON; its
 * files at `files/<sha256>`. Parquet holds the key, the features and the target; rows are in the order of the key.
 */
export const featureSetSchema = z.object({
  workload: z.string(),
  dataset: z.object({ name: z.string(), digest }),
  /** SHA-256 of features.sql. */
  sql: digest,
  split: z.unknown(),
  key: z.array(z.string()),
  target: z.string(),
  /** Classes of the target: integers ascending, or strings in code-point order. */
  classes: z.array(z.union([z.number(), z.string()])),
  features: z.array(z.object({ name: z.string(), type: z.enum(["double", "string"]) })),
  train: storedFile.extend({ rows: z.number().int() }),
  test: storedFile.extend({ rows: z.number().int() }),
});

export type FeatureSet = z.infer<typeof featureSetSchema>;

export function featureSetKey(digest: string): string {
  return `sets/${digest}.json`;
}
