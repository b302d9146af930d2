import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";

/** A collection is of one time: one that was left for longer is begun anew. */
const resumableHours = 24;
const HOUR = 3_600_000;

const answerSchema = z.object({
  /** The collection that it was got in. */
  collection: z.string(),
  /** What the server calls this state of the answer; absent where it names none. */
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  document: z.unknown(),
});

export type KeptAnswer = z.infer<typeof answerSchema>;

/** Answers of a web service on disk, so that a collection that was cut short goes on where it was, and the next one asks only for what is new. */
export class KeptAnswers {
  readonly #folder: string;
  /** When the collection was begun; ISO 8601, UTC. */
  readonly collection: string;

  private constructor(folder: string, collection: string) {
    this.#folder = folder;
    this.collection = collection;
  }

  /** Goes on with the collection that did not come to its end in this folder, or begins one. */
  static async open(folder: string, now: Date): Promise<KeptAnswers> {
    await mkdir(folder, { recursive: true });
    const begun = await read(join(folder, underWay), z.iso.datetime());
    if (begun !== undefined && now.getTime() - Date.parse(begun) < resumableHours * HOUR) return new KeptAnswers(folder, begun);
    await write(join(folder, underWay), now.toISOString());
    return new KeptAnswers(folder, now.toISOString());
  }

  /** @returns undefined where there is none, or where it is damaged */
  get(request: string): Promise<KeptAnswer | undefined> {
    return read(this.#path(request), answerSchema);
  }

  put(request: string, answer: Omit<KeptAnswer, "collection">): Promise<void> {
    return write(this.#path(request), { ...answer, collection: this.collection });
  }

  /** The next collection asks for everything again. */
  async end(): Promise<void> {
    await rm(join(this.#folder, underWay), { force: true });
  }

  #path(request: string): string {
    return join(this.#folder, `${sha256(request)}.json`);
  }
}

const underWay = "under-way.json";

async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

async function write(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, canonicalJson(value));
}
