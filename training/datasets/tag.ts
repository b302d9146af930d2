import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { DatasetStore } from "./dataset-store.ts";

export interface TaggedDataset {
  name: string;
  tag: string;
  /** The version that the tag names now; null where it names none any more. */
  digest: string | null;
  /** The version that it named before. */
  before: string | null;
}

/**
 * Gives a version a name that can be moved.
 *
 * @param version a digest, the beginning of one, another tag, or `latest`
 * @throws FalconryError `dataset.name`, `dataset.unknown`, `dataset.ambiguous`, `dataset.tag-moved`
 */
export async function tagDataset(environment: Environment, name: string, tag: string, version: string): Promise<TaggedDataset> {
  const store = new DatasetStore(environment);
  const reference = await store.resolve(name, version);
  const before = await store.tags.set(name, tag, reference.digest);
  await store.ensure(reference);
  return { name, tag, digest: reference.digest, before: before ?? null };
}

/** @throws FalconryError `dataset.unknown` – the dataset has no such tag */
export async function untagDataset(environment: Environment, name: string, tag: string): Promise<TaggedDataset> {
  const before = await new DatasetStore(environment).tags.remove(name, tag);
  if (before !== undefined) return { name, tag, digest: null, before };
  throw new FalconryError("dataset.unknown", {
    message: `the dataset "${name}" has no tag "${tag}"`,
    hint: `Run: falconry datasets list ${name}`,
  });
}
