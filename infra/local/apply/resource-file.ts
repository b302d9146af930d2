import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";

const properties = z.record(z.string(), z.unknown());

const recordSchema = z.object({
  type: z.string(),
  id: z.string(),
  /** As the program gave them, secrets sealed. */
  inputs: properties,
  /** What AWS added to the inputs. */
  outputs: properties,
});

const fileSchema = z.object({
  /** Salt of the sealed secrets. */
  salt: z.string(),
  /** By URN. */
  resources: z.record(z.string(), recordSchema),
});

export type ResourceRecord = z.infer<typeof recordSchema>;

/** What stands in the region: `resources.json` of its folder. Written after every change, so that a killed run knows what it made. */
export class ResourceFile {
  readonly salt: string;
  readonly #path: string;
  readonly #resources: Map<string, ResourceRecord>;
  #writing: Promise<void> = Promise.resolve();
  #queued: Promise<void> | undefined;

  private constructor(path: string, { salt, resources }: z.infer<typeof fileSchema>) {
    this.#path = path;
    this.salt = salt;
    this.#resources = new Map(Object.entries(resources));
  }

  static async open(directory: string): Promise<ResourceFile> {
    const path = join(directory, "resources.json");
    try {
      return new ResourceFile(path, fileSchema.parse(JSON.parse(await readFile(path, "utf8"))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return new ResourceFile(path, { salt: randomBytes(16).toString("hex"), resources: {} });
    }
  }

  get(urn: string): ResourceRecord | undefined {
    return this.#resources.get(urn);
  }

  urns(): string[] {
    return [...this.#resources.keys()].sort();
  }

  /** Returns when the record is on the disk. Records that arrive while one is written share the next write. */
  async set(urn: string, record: ResourceRecord): Promise<void> {
    this.#resources.set(urn, record);
    this.#queued ??= this.#writing.then(() => {
      this.#queued = undefined;
      this.#writing = this.#write();
      return this.#writing;
    });
    await this.#queued;
  }

  async #write(): Promise<void> {
    const content = { salt: this.salt, resources: Object.fromEntries(this.#resources) };
    await writeFileAtomic(this.#path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  }
}
