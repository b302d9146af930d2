import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import pMap from "p-map";
import { DatasetStore, type StoredVersion } from "./dataset-store.ts";
import { isFolder } from "./manifest.ts";

const manifestsAtOnce = 16;

export interface ListedDataset {
  name: string;
  digest: string;
  kind: "table" | "folder";
  /** Of a table. */
  rows: number | null;
  files: number;
  /** Of the version's files. */
  bytes: number;
  /** When it was first committed, ISO 8601. */
  committed: string;
  /** It was committed last: what `latest` stands for. */
  latest: boolean;
  tags: string[];
}

/** A version whose manifest cannot be read. */
export interface DamagedDataset {
  name: string;
  digest: string;
  committed: string;
  latest: boolean;
  tags: string[];
  /** What is wrong with it. */
  damage: string;
}

/** Dataset versions, newest first. @param name every dataset without it */
export async function listDatasets(environment: Environment, name?: string): Promise<{ datasets: (ListedDataset | DamagedDataset)[] }> {
  const store = new DatasetStore(environment);
  const versions = await store.list(name);
  const pointers = new Map(
    await pMap(
      new Set(versions.map((version) => version.name)),
      async (each) => [each, { latest: await store.latest(each), tags: [...(await store.tags.list(each))] }] as const,
      { concurrency: manifestsAtOnce },
    ),
  );
  const datasets = await pMap(
    versions,
    async (version) => {
      const { latest, tags = [] } = pointers.get(version.name) ?? {};
      const naming = tags.flatMap(([tag, digest]) => (digest === version.digest ? [tag] : []));
      return { ...version, latest: latest === version.digest, tags: naming, ...(await describe(store, version)) };
    },
    { concurrency: manifestsAtOnce },
  );
  return { datasets };
}

async function describe(store: DatasetStore, version: StoredVersion) {
  try {
    const manifest = await store.read(version);
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    const files = manifest.files.length;
    return isFolder(manifest)
      ? { kind: "folder" as const, rows: null, files, bytes }
      : { kind: "table" as const, rows: manifest.rows, files, bytes };
  } catch (error) {
    if (error instanceof FalconryError) return { damage: error.message };
    throw error;
  }
}
