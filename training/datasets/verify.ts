import { ContentStore, type StoredFile } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import pMap from "p-map";
import { byteProgress } from "./byte-progress.ts";
import { DatasetStore } from "./dataset-store.ts";
import { contentsOf, stretchesByContent } from "./fetch/stretches.ts";
import { isFolder, type VersionManifest } from "./manifest.ts";

const downloadsAtOnce = 8;
const namedInMessage = 3;

export interface VerifiedDataset {
  name: string;
  digest: string;
  verified: true;
  files: { path: string; sha256: string; bytes: number }[];
  /** The raw files that a table was made from. */
  source: { sha256: string; bytes: number }[];
}

/**
 * Holds every byte of a version against its hash: of the manifest, of the files, and of the raw files that they were made from.
 *
 * @throws FalconryError `dataset.corrupt`, which names each file that does not match; `content.corrupt` where the manifest does not
 */
export async function verifyDataset(
  environment: Environment,
  name: string,
  digest = "latest",
  progress: Progress = silent,
): Promise<VerifiedDataset> {
  const store = new DatasetStore(environment);
  const reference = await store.resolve(name, digest);
  const manifest = await store.read(reference);
  const source = isFolder(manifest) ? [] : manifest.source;
  const raw = new ContentStore(environment.s3, environment.descriptor.lake.raw);
  const toCheck = [
    ...namedContents(manifest).map((content) => ({ ...content, store: store.files })),
    ...source.map((content) => ({ ...content, names: "the raw file", store: raw })),
  ];
  const told = byteProgress(
    progress,
    toCheck.reduce((sum, { bytes }) => sum + bytes, 0),
    "hashed",
  );
  const damage: string[] = [];
  await pMap(
    toCheck,
    async (content) => {
      await content.store.check(content.sha256).catch((error: unknown) => {
        if (!(error instanceof FalconryError)) throw error;
        damage.push(`${content.names} (${error.message})`);
      });
      told(content.bytes);
    },
    { concurrency: downloadsAtOnce },
  );
  const files = manifest.files.map(({ path, sha256, bytes }) => ({ path, sha256, bytes }));
  if (damage.length === 0) return { ...reference, verified: true, files, source };
  throw new FalconryError("dataset.corrupt", {
    message: `dataset "${name}" ${reference.digest}: ${damage.sort().join("; ")}`,
    hint: `Restore the objects' earlier S3 versions, or ${isFolder(manifest) ? "commit the folder" : "ingest the raw file"} again`,
  });
}

/** Every content of a version with the paths of the files that it is of. */
function namedContents(manifest: VersionManifest): (StoredFile & { names: string })[] {
  const { contents, files } = contentsOf(manifest);
  const stretches = stretchesByContent(contents, files);
  return [...new Map(contents.map((content) => [content.sha256, content])).values()].map(({ sha256, bytes }) => {
    const paths = [...new Set((stretches.get(sha256) ?? []).map(({ file }) => file.path))];
    return { sha256, bytes, names: paths.slice(0, namedInMessage).join(", ") + (paths.length > namedInMessage ? ", …" : "") };
  });
}
