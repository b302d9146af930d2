import { closeSync, openSync, writeSync } from "node:fs";
import type { Problem } from "./record.ts";

/** Records that could not be used, one JSON object a line: `{"file","row","column","value","reason"}`. Row 1 is the first after the header. */
export class Quarantine {
  count = 0;
  /** The first record and its reason, for people. */
  first: string | undefined;
  /** The file that holds the lines. */
  readonly path: string;
  readonly #fileName: string;
  readonly #descriptor: number;

  /** @param fileName of the raw records */
  constructor(path: string, fileName: string) {
    this.path = path;
    this.#fileName = fileName;
    this.#descriptor = openSync(path, "w");
  }

  add(row: number, { column, value, reason }: Problem): void {
    this.count += 1;
    this.first ??= `row ${row}${column === null ? "" : `, column "${column}"`}: ${JSON.stringify(value)}: ${reason}`;
    writeSync(this.#descriptor, `${JSON.stringify({ file: this.#fileName, row, column, value, reason })}\n`);
  }

  /** Nothing can be added afterwards. */
  close(): void {
    closeSync(this.#descriptor);
  }
}
