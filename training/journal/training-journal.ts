import { closeSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { FalconryError } from "@falconry/environment/error.ts";
import { searchBudgetSchema } from "@falconry/model/workload.ts";
import { z } from "zod";
import { unwritable } from "./unwritable.ts";

const headerSchema = z.strictObject({
  format: z.literal(1),
  /** Id of the run in MLflow. */
  run: z.string(),
  workload: z.string(),
  /** The dataset version, whole. */
  dataset: z.string(),
  /** Digest of all that decides the outcome: declaration, features, candidates. */
  decides: z.string(),
  candidates: z.array(z.string()).optional(),
  seed: z.number().optional(),
  budget: searchBudgetSchema.optional(),
  trainedBy: z.string(),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
});

/** What a training was asked for. */
export type JournalHeader = z.infer<typeof headerSchema>;

const entrySchema = z.strictObject({ key: z.string(), at: z.number(), seconds: z.number(), value: z.unknown() });

/** What a piece of a training came to, when it ended, and how long it took. */
export interface Remembered<Value> {
  value: Value;
  /** Milliseconds since the epoch. */
  at: number;
  seconds: number;
}

/**
 * What a training has measured so far, in a file: a line of JSON for what it was asked for, and one for each piece. A training that goes on after a kill
 * takes from it what it has measured before, with the same times, so that it decides as it would have done, and MLflow takes each point once.
 */
export class TrainingJournal {
  readonly file: string;
  readonly header: JournalHeader;
  readonly #descriptor: number;
  readonly #entries: Map<string, z.infer<typeof entrySchema>>;
  readonly #now: () => number;

  private constructor(file: string, header: JournalHeader, entries: z.infer<typeof entrySchema>[], now: () => number) {
    this.file = file;
    this.header = header;
    this.#entries = new Map(entries.map((entry) => [entry.key, entry]));
    this.#now = now;
    this.#descriptor = openSync(file, "a", 0o600);
  }

  /** @param now milliseconds since the epoch @throws FalconryError `train.journal-unwritable` */
  static async create(file: string, header: JournalHeader, now: () => number): Promise<TrainingJournal> {
    try {
      await mkdir(dirname(file), { recursive: true });
      const journal = new TrainingJournal(file, header, [], now);
      journal.#write(JSON.stringify(header));
      return journal;
    } catch (error) {
      throw unwritable(error);
    }
  }

  /** Goes on with a file that nobody else writes; of a line that a kill cut short nothing stays. @throws FalconryError `train.nothing-to-resume` */
  static open(file: string, now: () => number): TrainingJournal {
    const { header, lines, bytes } = readWhole(file);
    if (header === undefined) {
      throw new FalconryError("train.nothing-to-resume", {
        message: `${file} is no training's journal`,
        hint: "Train again, without --resume",
      });
    }
    truncateSync(file, bytes);
    return new TrainingJournal(
      file,
      header,
      lines.map((line) => entrySchema.parse(jsonOf(line))),
      now,
    );
  }

  /**
   * What a piece came to the first time that it was asked for.
   *
   * @param key names the piece within this training
   * @param schema of its value, which JSON must be able to hold
   * @throws what `work` throws, which is not remembered; FalconryError `train.journal-unwritable`
   */
  async remember<Value>(key: string, schema: z.ZodType<Value>, work: () => Value | Promise<Value>): Promise<Remembered<Value>> {
    const known = this.#entries.get(key);
    if (known !== undefined) return { ...known, value: schema.parse(known.value) };
    const begun = this.#now();
    const value = await work();
    const at = this.#now();
    const entry = { key, at, seconds: Math.max(0, at - begun) / 1000, value };
    const line = JSON.stringify(entry);
    try {
      this.#write(line);
    } catch (error) {
      throw unwritable(error);
    }
    this.#entries.set(key, entrySchema.parse(jsonOf(line))); // as a training that goes on will read it: NaN is null
    return { ...entry, value };
  }

  /** When a moment of the training was first reached, milliseconds since the epoch. @throws FalconryError `train.journal-unwritable` */
  async stamp(moment: string): Promise<number> {
    return (await this.remember(moment, z.null(), () => null)).at;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    const written = writeSync(this.#descriptor, bytes);
    // a full disk takes the beginning
    if (written < bytes.length) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    fsyncSync(this.#descriptor);
  }
}

/** @returns undefined for a file that is no journal, or was not written as far as its first line */
export function readHeader(file: string): JournalHeader | undefined {
  return readWhole(file).header;
}

function readWhole(file: string): { header: JournalHeader | undefined; lines: string[]; bytes: number } {
  const content = readFileSync(file);
  const bytes = content.lastIndexOf("\n") + 1;
  const [first = "", ...lines] = content.toString("utf8", 0, bytes).split("\n").slice(0, -1);
  return { header: headerSchema.safeParse(jsonOf(first)).data, lines, bytes };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
