import { z } from "zod";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const columnProfile = z.object({
  missing: z.number().int().nonnegative(),
  /** Numbers and dates. */
  min: z.union([z.number(), z.string()]).optional(),
  max: z.union([z.number(), z.string()]).optional(),
  /** Strings and booleans: how many different values. */
  distinct: z.number().int().optional(),
});

/**
 * A dataset version (D7): its canonical JSON stands in the clean bucket at `datasets/<name>/<digest>.json`, where digest is
 * the JSON's own SHA-256; its files stand at `files/<sha256>`. It holds no time and no place: the same content is the same version.
 */
export const datasetManifestSchema = z.object({
  name: z.string(),
  files: z.array(z.object({ path: z.string(), sha256: digest, bytes: z.number().int() })),
  schema: z.array(z.object({ name: z.string(), type: z.string(), unit: z.string().optional() })),
  rows: z.number().int(),
  profile: z.record(z.string(), columnProfile),
  /** The raw files, kept in the raw bucket at `files/<sha256>`. */
  source: z.array(z.object({ sha256: digest, bytes: z.number().int() })),
});

export type DatasetManifest = z.infer<typeof datasetManifestSchema>;
export type ColumnProfile = z.infer<typeof columnProfile>;
