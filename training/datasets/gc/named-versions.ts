import { paginateScan } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import type { Environment } from "@falconry/environment/environment.ts";
import type { DatasetReference, DatasetStore } from "../dataset-store.ts";

const reasons = ["latest", "tag", "run", "model version", "ledger"] as const;

/** Why a version is kept. */
export type Reason = (typeof reasons)[number];

/** Digests as they were found somewhere: whole ones, and the first 32 digits, which is all that MLflow's dataset inputs can hold. */
class Digests {
  readonly #found = new Set<string>();

  addText(text: string): void {
    for (const [digest] of text.matchAll(/\b(?:[0-9a-f]{64}|[0-9a-f]{32})\b/g)) this.#found.add(digest);
  }

  has(digest: string): boolean {
    return this.#found.has(digest) || this.#found.has(digest.slice(0, 32));
  }
}

/** Whatever could name a dataset version, read as text: a digest counts wherever it stands, so that nothing is lost to a shape that is not known here. */
export class NamedVersions {
  readonly #by: Record<Reason, Digests>;

  private constructor(by: Record<Reason, Digests>) {
    this.#by = by;
  }

  /** Everything is read before anything is said: what cannot be reached throws. */
  static async read(environment: Environment, datasets: DatasetStore, names: Iterable<string>): Promise<NamedVersions> {
    const by = { latest: new Digests(), tag: new Digests(), run: new Digests(), "model version": new Digests(), ledger: new Digests() };
    await Promise.all([
      readRuns(environment, by.run),
      readModelVersions(environment, by["model version"]),
      readLedger(environment, by.ledger),
      readLatestAndTags(datasets, names, by),
    ]);
    await followFeatureSets(environment, Object.values(by));
    return new NamedVersions(by);
  }

  reasons({ digest }: DatasetReference): Reason[] {
    return reasons.filter((reason) => this.#by[reason].has(digest));
  }
}

async function readLatestAndTags(datasets: DatasetStore, names: Iterable<string>, by: Record<"latest" | "tag", Digests>): Promise<void> {
  for (const name of names) {
    by.latest.addText((await datasets.latest(name)) ?? "");
    for (const digest of (await datasets.tags.list(name)).values()) by.tag.addText(digest);
  }
}

/** Deleted ones too: until `mlflow gc` has cleared them away they can be restored. */
async function readRuns({ mlflow }: Environment, digests: Digests): Promise<void> {
  const experimentIds: string[] = [];
  for await (const { experimentId } of mlflow.experiments.search({ lifecycle: "all" })) experimentIds.push(experimentId);
  if (experimentIds.length === 0) return;
  for await (const { data, inputs } of mlflow.runs.search({ experimentIds, lifecycle: "all" }))
    digests.addText(JSON.stringify([data.tags, data.params, inputs]));
}

async function readModelVersions({ mlflow }: Environment, digests: Digests): Promise<void> {
  for await (const { tags } of mlflow.modelVersions.search()) digests.addText(JSON.stringify(tags));
}

async function readLedger({ dynamodb, descriptor }: Environment, digests: Digests): Promise<void> {
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName: descriptor.tables.ledger })) {
    digests.addText(JSON.stringify(Items));
  }
}

/** A feature set that is named names the version that it was made from. */
async function followFeatureSets({ s3, descriptor }: Environment, all: Digests[]): Promise<void> {
  const Bucket = descriptor.lake.features;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: "sets/" })) {
    for (const { Key = "" } of Contents) {
      const digest = Key.slice("sets/".length, -".json".length);
      const naming = all.filter((digests) => digests.has(digest));
      if (naming.length === 0) continue;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const text = (await Body?.transformToString()) ?? "";
      for (const digests of naming) digests.addText(text);
    }
  }
}
