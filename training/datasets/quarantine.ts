import { closeSync, openSync, writeSync } from "node:fs";
import type { Problem } from "./record.ts";

/** Characters of a value that a message shows, and that a line keeps; the raw file has the whole. */
const shownLength = 120;
const keptLength = 2_000;

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
    this.first ??= `row ${row}${column === null ? "" : `, column "${column}"`}: ${JSON.stringify(shortened(value, shownLength))}: ${reason}`;
    const line = { file: this.#fileName, row, column, value: shortened(value, keptLength), reason };
    writeSync(this.#descriptor, `${JSON.stringify(line)}\n`);
  }

  /** Nothing can be added afterwards. */
  close(): void {
    closeSync(this.#descriptor);
  }
}

function shortened(value: unknown, length: number): unknown {
  if (typeof value !== "string" || value.length <= length) return value;
  return `${value.slice(0, length)}… (${value.length} characters)`;
}
