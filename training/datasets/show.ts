import type { Environment } from "@falconry/environment/environment.ts";
import { DatasetStore } from "./dataset-store.ts";
import type { VersionManifest } from "./manifest.ts";

/**
 * What one dataset version holds.
 *
 * @param digest a digest, the beginning of one, or `latest`
 * @throws FalconryError `dataset.unknown`, `dataset.ambiguous`, `content.corrupt`
 */
export async function showDataset(environment: Environment, name: string, digest: string): Promise<VersionManifest & { digest: string }> {
  const store = new DatasetStore(environment);
  const reference = await store.resolve(name, digest);
  return { digest: reference.digest, ...(await store.read(reference)) };
}
