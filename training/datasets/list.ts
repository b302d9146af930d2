import type { Environment } from "@falconry/environment/environment.ts";
import { DatasetStore } from "./dataset-store.ts";

export interface ListedDataset {
  name: string;
  digest: string;
  rows: number;
  /** Of the version's files. */
  bytes: number;
  /** When it was first committed, ISO 8601. */
  committed: string;
  /** It was ingested last: what `latest` stands for. */
  latest: boolean;
}

/** Dataset versions, newest first. @param name every dataset without it */
export async function listDatasets(environment: Environment, name?: string): Promise<{ datasets: ListedDataset[] }> {
  const store = new DatasetStore(environment);
  const versions = await store.list(name);
  const latest = new Map(
    await Promise.all([...new Set(versions.map((version) => version.name))].map(async (each) => [each, await store.latest(each)] as const)),
  );
  const datasets = await Promise.all(
    versions.map(async (version) => {
      const { rows, files } = await store.manifest(version);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return { ...version, rows, bytes, latest: latest.get(version.name) === version.digest };
    }),
  );
  return { datasets };
}
