import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { findProcess } from "@falconry/environment/process-table.ts";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { type ServiceName, serviceNames } from "../services/service.ts";

const recordSchema = z.object({ pid: z.number().int(), startTime: z.number().int() });
const recordsSchema = z.partialRecord(z.enum(serviceNames), recordSchema);

type Records = z.infer<typeof recordsSchema>;

/** The first process of each service, kept in `processes.json` of the region's folder. */
export class ProcessRecords {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, "processes.json");
  }

  /** @returns the service's pid while that very process runs; a pid that somebody else has by now is not it */
  async runningPid(service: ServiceName): Promise<number | undefined> {
    const record = (await this.#read())[service];
    if (record === undefined) return undefined;
    const process = findProcess(record.pid);
    return process?.startTime === record.startTime ? record.pid : undefined;
  }

  async remember(service: ServiceName, pid: number): Promise<void> {
    const process = findProcess(pid);
    if (process === undefined) return; // died at once: there is nothing to find again
    await this.#change((records) => ({ ...records, [service]: { pid, startTime: process.startTime } }));
  }

  async forgetAll(): Promise<void> {
    await this.#change(() => ({}));
  }

  /** Changes run one after another: services start side by side. */
  #change(change: (records: Records) => Records): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      await writeFileAtomic(this.#file, `${JSON.stringify(change(await this.#read()), null, 2)}\n`);
    });
    return this.#writing;
  }

  async #read(): Promise<Records> {
    try {
      return recordsSchema.parse(JSON.parse(await readFile(this.#file, "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
      throw error;
    }
  }
}
