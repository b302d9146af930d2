import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import type { End, Entry } from "./entry.ts";

interface Header {
  runId: string;
  /** Of the process that writes. */
  pid: number;
  /** Everything before it has reached the server. */
  sent: number;
  hasEnd: boolean;
}

/** The header is rewritten in place, so it has a length of its own. */
const headerBytes = 256;
const newline = 0x0a;
const chunkBytes = 1_000_000;

const openHere = new Set<string>();

/**
 * What was logged to a run and has not reached the server yet, in a file: a line of JSON an entry. Memory holds none of it, however far
 * the server is behind, and whoever opens the file after a kill finds each entry whose `append` has returned.
 */
export class Journal {
  readonly file: string;
  readonly #descriptor: number;
  #header: Header;
  #end: number;

  private constructor(file: string, descriptor: number, header: Header, end: number) {
    this.file = file;
    this.#descriptor = descriptor;
    this.#header = header;
    this.#end = end;
    openHere.add(resolve(file));
  }

  /** @throws the system's error: `EEXIST` where the file is there */
  static create(file: string, runId: string): Journal {
    const journal = new Journal(
      file,
      openSync(file, "wx+", 0o600),
      { runId, pid: process.pid, sent: headerBytes, hasEnd: false },
      headerBytes,
    );
    try {
      journal.#writeHeader({});
      return journal;
    } catch (error) {
      journal.close();
      journal.remove();
      throw error;
    }
  }

  /** Takes over what another process has left: see {@link isBeingWritten}. @throws SyntaxError for a file that is no journal */
  static open(file: string): Journal {
    const descriptor = openSync(file, "r+");
    try {
      const journal = new Journal(file, descriptor, readHeader(file, descriptor), fstatSync(descriptor).size);
      journal.#end = journal.#endOfLastLine();
      journal.#writeHeader({ pid: process.pid });
      return journal;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  get runId(): string {
    return this.#header.runId;
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#end - this.#header.sent;
  }

  /** The entry survives this process once the call returns. @throws the system's error, as `ENOSPC`; what was there before stays whole */
  append(entry: Entry | End): void {
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let written = 0; written < line.length; ) {
      written += writeSync(this.#descriptor, line, written, line.length - written, this.#end + written);
    }
    this.#end += line.length;
    if (entry.kind === "end") this.#writeHeader({ hasEnd: true });
  }

  /** The next entries that wait, and where they end; at least one where any waits, otherwise about as many bytes as asked for. */
  read(bytes: number, from = this.#header.sent): { entries: (Entry | End)[]; end: number } {
    for (let length = Math.min(bytes, this.#end - from); length > 0; length = Math.min(2 * length, this.#end - from)) {
      const chunk = readBytes(this.#descriptor, from, length);
      const whole = chunk.lastIndexOf(newline) + 1;
      if (whole === 0 && length < this.#end - from) continue;
      const lines = chunk.subarray(0, whole).toString().split("\n").slice(0, -1);
      return { entries: lines.map((line) => JSON.parse(line)), end: from + whole };
    }
    return { entries: [], end: from };
  }

  /** @param end as `read` gave it: the server has everything before it */
  sentUpTo(end: number): void {
    this.#writeHeader({ sent: end });
  }

  /** Everything that waits. */
  *entries(): Generator<Entry | End, void, undefined> {
    for (let { entries, end } = this.read(chunkBytes); entries.length > 0; { entries, end } = this.read(chunkBytes, end)) yield* entries;
  }

  /** Whether the run was to end, sent or not. */
  get hasEnd(): boolean {
    return this.#header.hasEnd;
  }

  close(): void {
    openHere.delete(resolve(this.file));
    closeSync(this.#descriptor);
  }

  remove(): void {
    unlinkSync(this.file);
  }

  #writeHeader(change: Partial<Header>): void {
    this.#header = { ...this.#header, ...change };
    writeSync(this.#descriptor, `${JSON.stringify(this.#header).padEnd(headerBytes - 1)}\n`, 0);
  }

  /** A kill may have cut the last line short; the next entry is written over it. */
  #endOfLastLine(): number {
    let end = this.#header.sent;
    for (let from = end; from < this.#end; from += chunkBytes) {
      const chunk = readBytes(this.#descriptor, from, Math.min(chunkBytes, this.#end - from));
      if (chunk.includes(newline)) end = from + chunk.lastIndexOf(newline) + 1;
    }
    return end;
  }
}

/** A process that has the id of a dead one keeps its journal back until it has ended, too. */
export function isBeingWritten(file: string): boolean {
  const descriptor = openSync(file, "r");
  try {
    const { pid } = readHeader(file, descriptor);
    return pid === process.pid ? openHere.has(resolve(file)) : isAlive(pid);
  } finally {
    closeSync(descriptor);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

function readHeader(file: string, descriptor: number): Header {
  try {
    const { runId, pid, sent, hasEnd } = JSON.parse(readBytes(descriptor, 0, headerBytes).toString());
    if (typeof runId === "string" && Number.isInteger(pid) && sent >= headerBytes) return { runId, pid, sent, hasEnd: hasEnd === true };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new SyntaxError(`${file} is no journal of a run`);
}

function readBytes(descriptor: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from));
}
