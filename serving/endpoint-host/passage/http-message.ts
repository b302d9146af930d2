import type { IncomingHttpHeaders } from "node:http";

/** One HTTP/1.1 request or answer, whole. */
export interface HttpMessage {
  /** Request line or status line. */
  startLine: string;
  /** By their names in lower case. */
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The message is none that the reader was made for, or does not say how long it is by `content-length` alone: that is for a whole HTTP implementation. */
export const unusual = Symbol("unusual");

export interface ReaderOptions {
  /** Which messages, by request line or status line. */
  startLine: RegExp;
  longestBodyBytes: number;
}

/** Longest head that is read here; Node's own limit. */
const longestHeadBytes = 16 * 1024;
const headEnd = "\r\n\r\n";

/** Splits what comes from a socket into messages. Nothing is copied but a message that came in several pieces. */
export class MessageReader {
  readonly #options: ReaderOptions;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #head: Head | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  /** @returns the next message; undefined until all of it is there; {@link unusual} where it is not for this reader: it is left in the {@link rest} */
  next(): HttpMessage | undefined | typeof unusual {
    if (this.#head === undefined) {
      const head = this.#bytes === 0 ? undefined : readHead(this.#joined(), this.#options);
      if (head === unusual) return unusual;
      this.#head = head;
    }
    if (this.#head === undefined || this.#bytes < this.#head.end) return undefined;
    const { startLine, headers, length, end } = this.#head;
    const joined = this.#joined();
    this.#head = undefined;
    this.#keep(joined.subarray(end));
    return { startLine, headers, body: joined.subarray(end - length, end) };
  }

  /** What was pushed and is no part of a message that was given out. */
  rest(): Buffer {
    return this.#joined();
  }

  #joined(): Buffer {
    const [first, another] = this.#pieces;
    if (first !== undefined && another === undefined) return first;
    const joined = Buffer.concat(this.#pieces);
    this.#keep(joined);
    return joined;
  }

  #keep(piece: Buffer): void {
    this.#pieces = piece.length === 0 ? [] : [piece];
    this.#bytes = piece.length;
  }
}

/** @returns its bytes with the head before the body, to be written at once */
export function writeMessage(startLine: string, headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  let head = startLine;
  for (const name in headers) head += `\r\n${name}: ${headers[name]}`;
  return Buffer.concat([Buffer.from(`${head}\r\ncontent-length: ${body.length}${headEnd}`, "latin1"), body]);
}

/** Whether the sender closes the connection after the message. */
export function isLast({ headers }: HttpMessage): boolean {
  return headers.connection?.toLowerCase() === "close";
}

interface Head {
  startLine: string;
  headers: IncomingHttpHeaders;
  /** Of the body. */
  length: number;
  /** Of the message. */
  end: number;
}

function readHead(bytes: Buffer, { startLine: wanted, longestBodyBytes }: ReaderOptions): Head | undefined | typeof unusual {
  const headBytes = bytes.indexOf(headEnd);
  if (headBytes < 0) return bytes.length > longestHeadBytes ? unusual : undefined;
  const [startLine = "", ...lines] = bytes.toString("latin1", 0, headBytes).split("\r\n");
  if (!wanted.test(startLine)) return unusual;
  const headers: IncomingHttpHeaders = {};
  for (const line of lines) {
    const [, name = "", value] = field.exec(line) ?? [];
    const key = name.toLowerCase();
    // One that comes twice, or is no header, is not for here.
    if (value === undefined || headers[key] !== undefined) return unusual;
    headers[key] = value;
  }
  if (headers["transfer-encoding"] !== undefined || headers.expect !== undefined || headers.upgrade !== undefined) return unusual;
  const length = digits.test(headers["content-length"] ?? "") ? Number(headers["content-length"]) : Number.NaN;
  if (!(length <= longestBodyBytes)) return unusual;
  return { startLine, headers, length, end: headBytes + headEnd.length + length };
}

const digits = /^\d{1,15}$/;
/** A header that is written on, as it stands, into another head. */
const field = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\r\n\0]*?)[ \t]*$/;
