import { z } from "zod";

/** Ends the name of a file that is not whole yet, where a version is got into a folder. */
export const partSuffix = ".falconry-part";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().nonnegative();
const columnProfile = z.object({
  missing: z.number().int().nonnegative(),
  /** Numbers and dates. */
  min: z.union([z.number(), z.string()]).optional(),
  max: z.union([z.number(), z.string()]).optional(),
  /** Strings and booleans: how many different values. */
  distinct: z.number().int().optional(),
});

/** Relative to the version's folder, `/` between its parts: never outside of the folder that somebody gets it into, and no name of a file that is not whole. */
const path = z.string().refine(staysInside, "it leads out of the folder").refine(isWhole, `it ends in ${partSuffix}`);

/** A version of a table. Its files stand whole at `files/<sha256>`. */
export const datasetManifestSchema = z.object({
  name: z.string(),
  files: z.array(z.object({ path, sha256: digest, bytes: size })),
  schema: z.array(z.object({ name: z.string(), type: z.string(), unit: z.string().optional() })),
  rows: z.number().int(),
  profile: z.record(z.string(), columnProfile),
  /** The raw files, kept in the raw bucket at `files/<sha256>`. */
  source: z.array(z.object({ sha256: digest, bytes: size })),
});

/**
 * A version of a folder of any files: chunks, each stored at `files/<sha256>`, of which every file is a stretch. Small files share chunks, large ones run on
 * through several.
 */
export const folderManifestSchema = z
  .object({
    name: z.string(),
    kind: z.literal("folder"),
    chunks: z.array(z.object({ sha256: digest, bytes: size })),
    /** In the order of their paths. A file begins in chunk number `chunk`, `offset` bytes behind its beginning, and runs on through those that follow. */
    files: z.array(z.object({ path, sha256: digest, bytes: size, chunk: size, offset: size })),
  })
  .refine(({ files }) => new Set(files.map((file) => file.path)).size === files.length, "two files have one path")
  .refine(liesInside, "a file ends behind the last chunk");

/**
 * A dataset version (D7): its canonical JSON stands in the clean bucket at `datasets/<name>/<digest>.json`, where digest is the JSON's own SHA-256. It holds
 * no time and no place: the same content is the same version.
 */
export const versionManifestSchema = z.union([folderManifestSchema, datasetManifestSchema]);

export type DatasetManifest = z.infer<typeof datasetManifestSchema>;
export type FolderManifest = z.infer<typeof folderManifestSchema>;
export type VersionManifest = z.infer<typeof versionManifestSchema>;
export type ColumnProfile = z.infer<typeof columnProfile>;

export function isFolder(manifest: VersionManifest): manifest is FolderManifest {
  return "chunks" in manifest;
}

/** Hashes under which the clean bucket has a version's content. */
export function contentHashes(manifest: VersionManifest): string[] {
  const contents = isFolder(manifest) ? manifest.chunks : manifest.files;
  return [...new Set(contents.map(({ sha256 }) => sha256))];
}

function isWhole(path: string): boolean {
  return !path.endsWith(partSuffix);
}

function staysInside(path: string): boolean {
  return !path.includes("\0") && path.split("/").every((part) => !["", ".", ".."].includes(part));
}

function liesInside({
  chunks,
  files,
}: {
  chunks: { bytes: number }[];
  files: { bytes: number; chunk: number; offset: number }[];
}): boolean {
  const ends = [0];
  for (const { bytes } of chunks) ends.push((ends.at(-1) ?? 0) + bytes);
  const total = ends.at(-1) ?? 0;
  return files.every(({ bytes, chunk, offset }) => (ends[chunk] ?? total + 1) + offset + bytes <= total);
}
