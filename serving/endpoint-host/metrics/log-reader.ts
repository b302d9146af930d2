import { type FileHandle, open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";

const chunkBytes = 64 * 1024;

/** Reads the lines of a file that grows. */
export class LogReader {
  readonly #file: string;
  readonly #decoder = new StringDecoder("utf8");
  readonly #chunk = Buffer.alloc(chunkBytes);
  #handle: FileHandle | undefined;
  #position = 0;
  #unfinished = "";
  #turn: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  /** The whole lines that were added since the last call; calls wait for each other. */
  lines(): Promise<string[]> {
    const turn = this.#turn.then(() => this.#read());
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#handle?.close();
  }

  async #read(): Promise<string[]> {
    this.#handle ??= await open(this.#file, "r");
    const lines: string[] = [];
    for (;;) {
      const { bytesRead } = await this.#handle.read(this.#chunk, 0, chunkBytes, this.#position);
      if (bytesRead === 0) return lines;
      this.#position += bytesRead;
      const parts = (this.#unfinished + this.#decoder.write(this.#chunk.subarray(0, bytesRead))).split("\n");
      this.#unfinished = parts.pop() ?? "";
      lines.push(...parts);
    }
  }
}
