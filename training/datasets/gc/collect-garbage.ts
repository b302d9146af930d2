import type { StoredFile } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import pMap from "p-map";
import { DatasetStore, type StoredVersion } from "../dataset-store.ts";
import { contentHashes } from "../manifest.ts";
import { NamedVersions, type Reason } from "./named-versions.ts";

const requestsAtOnce = 16;
const millisecondsPerDay = 86_400_000;

export interface GarbageOptions {
  /** Says what would be removed, and removes nothing. @default false */
  dryRun?: boolean;
  /** What was stored in the last so many days stays. @default 7 */
  youngDays?: number;
  progress?: Progress;
  /** Milliseconds since the epoch. @default the system's clock */
  now?: () => number;
}

export interface Garbage {
  dryRun: boolean;
  /** Versions that nothing names. */
  versions: StoredVersion[];
  /** Contents of no version that stays. */
  contents: { objects: number; bytes: number };
  /** Versions that stay, by what names them; one may have several reasons. */
  kept: Record<Reason | "young", number>;
  /** Versions of which something had been removed, now or earlier, while they came to be named; they stand again. */
  restored: number;
}

/**
 * Removes the dataset versions that nothing names, and the contents of no version that stays: never what is latest, tagged, or named by a run, a model version
 * or the ledger. Raw files are not touched. The bucket keeps what is removed for a while (infra/components/lake.ts): that is what makes room, and until then it
 * can be taken back.
 *
 * It needs no lock. Whoever names a version or commits one looks afterwards whether all of it still stands; this looks again afterwards at what is named. Of
 * two that meet, the later look finds what the other did, and takes the removal back.
 *
 * @throws FalconryError `dataset.corrupt`, `content.corrupt` – of a version that stays the contents cannot be known; nothing was removed
 */
export async function collectGarbage(environment: Environment, options: GarbageOptions = {}): Promise<Garbage> {
  const { dryRun = false, youngDays = 7, progress = silent, now = Date.now } = options;
  const young = (stored: Date) => stored.getTime() > now() - youngDays * millisecondsPerDay;
  const store = new DatasetStore(environment);

  progress("reading what is stored");
  const stored: (StoredFile & { stored: Date })[] = [];
  for await (const content of store.files.list()) stored.push(content);
  const { keep, doomed, kept } = await sortOut(environment, store, young, progress);
  const hashes = new Map(
    await pMap(keep, async (version) => [version.digest, contentHashes(await store.read(version))] as const, {
      concurrency: requestsAtOnce,
    }),
  );
  const used = new Set([...hashes.values()].flat());
  const unused = stored.filter((content) => !used.has(content.sha256) && !young(content.stored));
  const found = {
    dryRun,
    versions: doomed,
    contents: { objects: unused.length, bytes: unused.reduce((sum, { bytes }) => sum + bytes, 0) },
    kept,
  };
  if (dryRun) return { ...found, restored: 0 };

  progress(`removing ${doomed.length} version(s) and ${unused.length} content(s)`);
  await pMap(doomed, (version) => store.remove(version), { concurrency: requestsAtOnce });
  await pMap(unused, ({ sha256 }) => store.files.remove(sha256), { concurrency: requestsAtOnce });

  progress("looking again at what is named");
  const again = await sortOut(environment, store, young, silent, doomed);
  const late = without(again.keep, keep);
  const here = new Set(stored.map(({ sha256 }) => sha256));
  // What an earlier run that was killed before its second look may have removed.
  const incomplete = keep.filter((version) => hashes.get(version.digest)?.some((digest) => !here.has(digest)));
  const restored = await pMap([...late, ...incomplete], (version) => takeBack(store, version), { concurrency: 1 });
  return { ...found, restored: restored.filter(Boolean).length };
}

/** A version that lacks what nobody has any more is for `datasets verify` to find. */
async function takeBack(store: DatasetStore, version: StoredVersion): Promise<boolean> {
  try {
    return (await store.ensure(version)) > 0;
  } catch (error) {
    if (error instanceof FalconryError && error.code === "content.missing") return false;
    throw error;
  }
}

function without(versions: StoredVersion[], others: StoredVersion[]): StoredVersion[] {
  const known = new Set(others.map(({ name, digest }) => `${name}/${digest}`));
  return versions.filter(({ name, digest }) => !known.has(`${name}/${digest}`));
}

/** The versions there are, and those that were removed just now, by whether something names them. */
async function sortOut(
  environment: Environment,
  store: DatasetStore,
  young: (stored: Date) => boolean,
  progress: Progress,
  removed: StoredVersion[] = [],
) {
  const versions = [...(await store.list()), ...removed];
  progress(`reading what names ${versions.length} version(s): runs, model versions, the ledger`);
  const named = await NamedVersions.read(environment, store, new Set(versions.map(({ name }) => name)));
  const kept = { latest: 0, tag: 0, run: 0, "model version": 0, ledger: 0, young: 0 };
  const [keep, doomed]: [StoredVersion[], StoredVersion[]] = [[], []];
  for (const version of versions) {
    const reasons: (Reason | "young")[] = named.reasons(version);
    if (!removed.includes(version) && young(new Date(version.committed))) reasons.push("young");
    for (const reason of reasons) kept[reason] += 1;
    (reasons.length > 0 ? keep : doomed).push(version);
  }
  return { keep, doomed, kept };
}
