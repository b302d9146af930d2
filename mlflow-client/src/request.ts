import { createReadStream } from "node:fs";
import { watched } from "./watched.ts";

/** A field that is undefined is left out. */
export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [field: string]: Json };

/** A parameter that is undefined is left out; a list is a parameter several times. */
export type Query = Record<string, string | number | readonly string[] | undefined>;

/** A file of this machine. */
export interface LocalFile {
  file: string;
  size: number;
}

export interface Request {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below the server's URI, percent-encoded where needed. */
  path: string;
  query?: Query;
  body?: { json: Json } | { bytes: Uint8Array } | LocalFile;
  /** Doing it twice is as good as once. Anything else is sent again only where the server surely never saw it. */
  repeatable: boolean;
}

export function requestUrl(root: string, { path, query = {} }: Request): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value ?? []].flat()) parameters.append(name, String(one));
  }
  // A signature wants %20 for a space.
  return `${root}${path}${parameters.size === 0 ? "" : `?${parameters.toString().replaceAll("+", "%20")}`}`;
}

export function encodeBody(body: Request["body"], moved: () => void): { init: RequestInit; headers: Record<string, string> } {
  if (body === undefined) return { init: {}, headers: {} };
  if ("json" in body) return { init: { body: JSON.stringify(body.json) }, headers: { "content-type": "application/json" } };
  const headers = { "content-type": "application/octet-stream" };
  if ("bytes" in body) return { init: { body: new Uint8Array(body.bytes) }, headers };
  // Without its length a stream goes in chunks, of which MLflow's server would read none.
  return {
    init: { body: watched(chunksOf(body), moved), duplex: "half" },
    headers: { ...headers, "content-length": String(body.size) },
  };
}

/** Opens the file when it is first read from: a stream that nobody came to read would end the process where its file is gone. */
async function* chunksOf({ file, size }: LocalFile): AsyncGenerator<Buffer, void, undefined> {
  if (size === 0) return;
  let read = 0;
  try {
    for await (const chunk of createReadStream(file, { end: size - 1 })) {
      read += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw new UnreadableFile(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  if (read < size) throw new UnreadableFile(`${file} became shorter than ${size} bytes while it was uploaded`);
}

/** Tells a fault of this machine's file from one of the network: whatever ends a body, `fetch` says that it failed. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}
