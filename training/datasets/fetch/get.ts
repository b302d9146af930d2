import { join, resolve } from "node:path";
import { datasetCache } from "@falconry/environment/cache-folder.ts";
import { sha256 } from "@falconry/environment/canonical.ts";
import type { ContentStore, StoredFile } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { withLock } from "@falconry/environment/lock.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import pMap from "p-map";
import { isDiskRefusal } from "../../disk-refusal.ts";
import { byteProgress } from "../byte-progress.ts";
import { type DatasetReference, DatasetStore } from "../dataset-store.ts";
import { ContentCache } from "./content-cache.ts";
import type { PartFile } from "./part-file.ts";
import { contentsOf, type Stretch, stretchesByContent } from "./stretches.ts";
import { isSmall, Target, type WantedFile } from "./target.ts";

/** Each may hold a content in memory. */
const downloadsAtOnce = 8;
/** A larger content is streamed to its file. */
const largestInMemory = 64 * 2 ** 20;
const cacheBytes = 20 * 2 ** 30;

export interface GetOptions {
  /** A digest, the beginning of one, a tag, or `latest`. @default "latest" */
  version?: string;
  /** Replaces files of other content. @default false */
  overwrite?: boolean;
  /** Where contents are kept for the next time. @default {@link datasetCache} */
  cacheFolder?: string;
  progress?: Progress;
}

export interface GotDataset {
  dataset: DatasetReference;
  folder: string;
  files: number;
  bytes: number;
  /** Files that were there already. */
  kept: number;
  /** Bytes by where they came from; what a broken-off attempt had got counts as neither. */
  downloaded: number;
  fromCache: number;
}

/**
 * The files of a dataset version, into a folder. Every byte is held against its hash before its file gets its name; an attempt that was broken off is gone on
 * with. Files that the version does not have stay. Who gets something into the same folder at the same time waits: two would write the same parts.
 *
 * @throws FalconryError `dataset.unknown`, `dataset.ambiguous`, `dataset.target`, `content.missing`, `content.corrupt`
 */
export async function getDataset(environment: Environment, name: string, folder: string, options: GetOptions = {}): Promise<GotDataset> {
  const { cacheFolder = datasetCache(), progress = silent } = options;
  const waiting = { onWait: () => progress("somebody else gets a version into this folder: waiting for them") };
  const lock = join(cacheFolder, "folders", `${sha256(resolve(folder))}.lock`);
  return await withLock(lock, waiting, () => getAlone(environment, name, resolve(folder), { ...options, cacheFolder, progress }));
}

type SetOptions = GetOptions & Required<Pick<GetOptions, "cacheFolder" | "progress">>;

async function getAlone(environment: Environment, name: string, folder: string, options: SetOptions): Promise<GotDataset> {
  const { version = "latest", overwrite = false, cacheFolder, progress } = options;
  const store = new DatasetStore(environment);
  const reference = await store.resolve(name, version);
  const { contents, files } = contentsOf(await store.read(reference));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const got = { downloaded: 0, fromCache: 0 };
  const cache = new ContentCache(cacheFolder);
  const source = new Source(store.files, cache, got);
  const target = new Target(folder, (file, place) => cache.keep(place, file.sha256, stretchesByContent(contents, [file])));
  try {
    const wanted = await target.wanted(files, overwrite);
    for (const file of wanted) if (file.bytes === 0) await target.writeEmpty(file);
    const sizes = new Map(contents.map((content) => [content.sha256, content.bytes]));
    const told = byteProgress(
      progress,
      wanted.reduce((sum, file) => sum + file.bytes, 0),
      "got",
    );
    await untilOneFails(stretchesByContent(contents, wanted), async ([sha256, stretches]) => {
      await bring({ sha256, bytes: sizes.get(sha256) ?? 0 }, stretches, source, target);
      told(stretches.reduce((sum, stretch) => sum + stretch.bytes, 0));
    });
    await cache.shrink(cacheBytes);
    return { dataset: reference, folder, files: files.length, bytes, kept: files.length - wanted.length, ...got };
  } catch (error) {
    throw explained(error);
  } finally {
    await target.close();
  }
}

/** Several at once. When it throws nothing is under way any more: what had been begun is done, the rest is left. */
async function untilOneFails<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const unlessFailed = async (item: Item) => {
    if (failures.length === 0) await work(item).catch((error: unknown) => failures.push(error));
  };
  await pMap(items, unlessFailed, { concurrency: downloadsAtOnce });
  if (failures.length > 0) throw failures[0];
}

async function bring(content: StoredFile, stretches: Stretch<WantedFile>[], source: Source, target: Target): Promise<void> {
  if (content.bytes > largestInMemory) {
    for (const { file } of stretches) {
      await source.stream(content, await target.part(file));
      await target.written(file, content.bytes);
    }
    return;
  }
  const missing: Stretch<WantedFile>[] = [];
  for (const stretch of stretches) {
    if (stretch.bytes === content.bytes && (await target.holds(stretch, content.sha256))) await target.write(stretch, "held");
    else missing.push(stretch);
  }
  if (missing.length === 0) return;
  await source.lend(content, async (bytes, from) => {
    if (from === "store" && missing.every(({ file }) => isSmall(file))) await source.cache.put(content.sha256, bytes);
    for (const stretch of missing) await target.write(stretch, bytes.subarray(stretch.from, stretch.from + stretch.bytes));
  });
}

/** Contents from the cache, or else from the store. */
class Source {
  readonly cache: ContentCache;
  readonly #store: ContentStore;
  readonly #got: { downloaded: number; fromCache: number };
  readonly #memory: Buffer[] = [];

  constructor(store: ContentStore, cache: ContentCache, got: { downloaded: number; fromCache: number }) {
    this.#store = store;
    this.cache = cache;
    this.#got = got;
  }

  /** @param use of bytes that are worthless afterwards: the next content comes in the same memory */
  async lend({ sha256, bytes }: StoredFile, use: (content: Uint8Array, from: "cache" | "store") => Promise<void>): Promise<void> {
    let memory = this.#memory.pop();
    if (memory === undefined || memory.byteLength < bytes) memory = Buffer.allocUnsafeSlow(bytes);
    const cached = await this.cache.get({ sha256, bytes }, memory);
    this.#got[cached === undefined ? "downloaded" : "fromCache"] += bytes;
    if (cached !== undefined) await use(cached, "cache");
    else await use(await this.#store.get(sha256, memory), "store");
    this.#memory.push(memory);
  }

  /** Goes on behind what a broken-off attempt got; where that does not lead to the right bytes, once more from the beginning. */
  async stream(content: StoredFile, part: PartFile): Promise<void> {
    const cached = this.cache.open(content.sha256);
    if (cached !== undefined) {
      await part.stream(cached, 0);
      if ((await part.digest()) === content.sha256) {
        this.#got.fromCache += content.bytes;
        return;
      }
    }
    if (await this.#streamFrom(await part.length(), content, part)) return;
    if (await this.#streamFrom(0, content, part)) return;
    await this.#store.check(content.sha256);
    throw new Error(`${this.#store.url(content.sha256)} came damaged, though it is not`);
  }

  async #streamFrom(from: number, { sha256, bytes }: StoredFile, part: PartFile): Promise<boolean> {
    if (from < bytes) await part.stream(await this.#store.open(sha256, from), from);
    this.#got.downloaded += bytes - from;
    return (await part.digest()) === sha256;
  }
}

/** Something else has a name that a file or a folder is to get. */
const inTheWay = ["ENOTDIR", "EISDIR", "EEXIST", "ENAMETOOLONG", "ELOOP"];

function explained(error: unknown): unknown {
  if (!isDiskRefusal(error, inTheWay)) return error;
  return new FalconryError("dataset.target", {
    message: `the version cannot be written: ${error.message}`,
    hint: "Make room or choose another folder; what was got is not got again",
    cause: error,
  });
}
