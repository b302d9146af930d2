import { TextDecoder } from "node:util";
import { FalconryError } from "@falconry/environment/error.ts";
import { markedEncoding, type RawFile, type TextEncoding } from "../datasets/raw-file.ts";

const sampledBytes = 64 << 10;
/** Of the bytes at even or at odd places that are zero in UTF-16 of a western language, most; in other text, none. */
const utf16Zeros = 0.3;
/** A text of UTF-8 has far more characters beyond ASCII than damaged ones; one of another encoding has hardly any. */
const damagedShare = 0.1;

const otherFormats: [beginning: number[], name: string][] = [
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive or an Excel workbook"],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file"],
  [[0x42, 0x5a, 0x68], "compressed with bzip2"],
  [[0xfd, 0x37, 0x7a, 0x58], "compressed with xz"],
  [[0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF"],
  [[0x53, 0x51, 0x4c, 0x69], "an SQLite database"],
];

/**
 * How the text of a file is encoded. UTF-8 with a few damaged characters is UTF-8; what is neither that nor UTF-16 is taken for
 * Windows-1252, of which Latin-1 is a part.
 *
 * @throws FalconryError `table.no-text`, and what reading the file throws
 */
export async function recogniseEncoding(file: RawFile): Promise<TextEncoding> {
  const beginning = await firstBytes(file);
  const marked = markedEncoding(beginning);
  if (marked !== undefined) return marked;
  refuseOtherFormats(beginning, file);
  const even = zeros(beginning, 0);
  const odd = zeros(beginning, 1);
  if (odd > utf16Zeros && odd > 2 * even) return "utf-16le";
  if (even > utf16Zeros && even > 2 * odd) return "utf-16be";
  return (await isUtf8(file)) ? "utf-8" : "windows-1252";
}

async function firstBytes(file: RawFile): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file.bytes()) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length >= sampledBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, sampledBytes);
}

function refuseOtherFormats(beginning: Uint8Array, file: RawFile): void {
  const other = otherFormats.find(([magic]) => magic.every((byte, index) => beginning[index] === byte))?.[1];
  if (other === undefined) return;
  throw new FalconryError("table.no-text", {
    message: `${file.name} is ${other}`,
    hint: "Save or unpack it as CSV; gzip is read as it is",
  });
}

function zeros(bytes: Uint8Array, parity: 0 | 1): number {
  const counted = bytes.filter((_, index) => index % 2 === parity);
  return counted.filter((byte) => byte === 0).length / Math.max(1, counted.length);
}

async function isUtf8(file: RawFile): Promise<boolean> {
  const decoder = new TextDecoder();
  let damaged = 0;
  let beyondAscii = 0;
  for await (const chunk of file.bytes()) {
    const text = decoder.decode(chunk, { stream: true });
    if (text.includes("\uFFFD")) damaged += text.split("\uFFFD").length - 1;
    beyondAscii += chunk.byteLength - text.length; // characters beyond ASCII take more bytes than one
  }
  if (decoder.decode() !== "") damaged += 1;
  return damaged <= damagedShare * beyondAscii;
}
