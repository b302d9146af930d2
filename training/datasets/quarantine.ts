import { closeSync, openSync, writeSync } from "node:fs";
import type { ContentStore } from "@falconry/environment/content-store.ts";
import type { Problem } from "./record.ts";

/** Records that could not be used, one JSON object a line: `{"file","row","column","value","reason"}`. Row 1 is the first after the header. */
export class Quarantine {
  count = 0;
  /** The first line, for people. */
  first: string | undefined;
  readonly #path: string;
  readonly #fileName: string;
  readonly #descriptor: number;

  /**
   * @param path     the file that collects the lines until they are stored
   * @param fileName of the raw records
   */
  constructor(path: string, fileName: string) {
    this.#path = path;
    this.#fileName = fileName;
    this.#descriptor = openSync(path, "w");
  }

  add(row: number, { column, value, reason }: Problem): void {
    this.count += 1;
    this.first ??= `row ${row}${column === null ? "" : `, column "${column}"`}: ${JSON.stringify(value)}: ${reason}`;
    writeSync(this.#descriptor, `${JSON.stringify({ file: this.#fileName, row, column, value, reason })}\n`);
  }

  /** @returns where the lines stand, null where there are none. Nothing can be added afterwards. */
  async store(content: ContentStore): Promise<string | null> {
    closeSync(this.#descriptor);
    return this.count === 0 ? null : content.url((await content.putFile(this.#path)).sha256);
  }
}
