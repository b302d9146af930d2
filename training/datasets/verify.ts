import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { DatasetStore } from "./dataset-store.ts";

export interface VerifiedDataset {
  name: string;
  digest: string;
  verified: true;
  files: { path: string; sha256: string; bytes: number }[];
}

/**
 * Holds every byte of a version's manifest and files against its hash.
 *
 * @throws FalconryError `dataset.corrupt`, which names each file that does not match; `content.corrupt` where the manifest does not
 */
export async function verifyDataset(environment: Environment, name: string, digest = "latest"): Promise<VerifiedDataset> {
  const store = new DatasetStore(environment);
  const reference = await store.resolve(name, digest);
  const { files } = await store.manifest(reference);
  const folder = await mkdtemp(join(tmpdir(), "falconry-verify-"));
  const damage: string[] = [];
  try {
    for (const file of files) {
      await store.files.getFile(file.sha256, join(folder, file.sha256)).catch((error: unknown) => {
        if (!(error instanceof FalconryError)) throw error;
        damage.push(`${file.path} (${error.message})`);
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (damage.length === 0) return { ...reference, verified: true, files };
  throw new FalconryError("dataset.corrupt", {
    message: `dataset "${name}" ${reference.digest}: ${damage.join("; ")}`,
    hint: "Restore the objects' earlier S3 versions, or ingest the raw file again",
  });
}
