import { type FileHandle, open } from "node:fs/promises";
import { urlPath } from "./artifact-path.ts";
import { connectionFailure } from "./connection-failure.ts";
import { MlflowError } from "./error.ts";
import { inParallel } from "./in-parallel.ts";
import type { LocalFile } from "./request.ts";
import { type RetrySettings, withRetries } from "./retry.ts";
import type { Transport } from "./transport.ts";

interface PartAddress {
  url: string;
  number: number;
  headers: Record<string, string>;
}

const path = "/api/2.0/mlflow-artifacts/mpu";
const mebibyte = 2 ** 20;
const smallestPartBytes = 16 * mebibyte;
const mostParts = 10_000;
const partsAtOnce = 4;
const partSeconds = 300;
const attempts = 5;

/** Worth the two more requests. */
export const partsFromBytes = 64 * mebibyte;

/**
 * Uploads a file in parts, past the tracking server and straight into its object store: four at a time, each held in memory.
 *
 * @param parts of the path below the server's root
 * @returns false where the server, or the way to its store, does not offer that
 * @throws MlflowError of the part that fails five times; the upload is given up, and no part of it is left
 */
export async function uploadInParts(
  transport: Transport,
  parts: readonly string[],
  { file, size }: LocalFile,
  waits: Omit<RetrySettings, "attempts">,
): Promise<boolean> {
  const folder = parts.slice(0, -1);
  const name = { path: parts.at(-1) ?? "" };
  const partBytes = Math.max(smallestPartBytes, Math.ceil(size / mostParts));
  const begun = await begin(transport, urlPath(`${path}/create`, folder), { ...name, num_parts: Math.ceil(size / partBytes) });
  if (begun === undefined) return false;
  const upload = { ...name, upload_id: begun.uploadId };
  const content = await open(file);
  try {
    const sent = await inParallel(begun.addresses, partsAtOnce, async (address) => {
      const from = (address.number - 1) * partBytes;
      const etag = await sendPart(address, await readPart(content, from, Math.min(partBytes, size - from)), { ...waits, attempts });
      return { part_number: address.number, etag, url: address.url };
    });
    await transport.create(urlPath(`${path}/complete`, folder), { ...upload, parts: sent });
    return true;
  } catch (error) {
    await transport.create(urlPath(`${path}/abort`, folder), upload).catch(() => {});
    if (isOutOfReach(error)) return false;
    throw error;
  } finally {
    await content.close();
  }
}

async function begin(transport: Transport, path: string, body: { path: string; num_parts: number }) {
  try {
    const answer = await transport.create(path, body);
    const addresses = answer.objects("credentials").map(
      (credential): PartAddress => ({
        url: credential.text("url"),
        number: credential.number("part_number"),
        headers: credential.record("headers"),
      }),
    );
    return { uploadId: answer.text("upload_id"), addresses };
  } catch (error) {
    // 501 of a store without parts; an older server, or one behind a proxy, does not know the route.
    if (error instanceof MlflowError && [404, 405, 501].includes(error.status ?? 0)) return undefined;
    throw error;
  }
}

async function readPart(content: FileHandle, from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await content.read(bytes, filled, length - filled, from + filled);
    if (bytesRead === 0) throw new RangeError(`the file became shorter than ${from + length} bytes while it was uploaded`);
    filled += bytesRead;
  }
  return bytes;
}

/** The address carries its own signature: nothing that the tracking server asks for may go there. */
function sendPart({ url, headers }: PartAddress, body: Uint8Array<ArrayBuffer>, retries: RetrySettings): Promise<string> {
  const { host, pathname } = new URL(url);
  const failed = { method: "PUT", path: pathname };
  const send = async () => {
    try {
      const response = await fetch(url, { method: "PUT", headers, body, signal: AbortSignal.timeout(partSeconds * 1000) });
      const said = await response.text();
      if (response.ok) return response.headers.get("etag") ?? "";
      const message = `the store at ${host} answered ${response.status} to a part: ${said.slice(0, 300)}`;
      throw new MlflowError({ ...failed, status: response.status, code: `HTTP_${response.status}`, message });
    } catch (error) {
      if (error instanceof MlflowError) throw error;
      const message = `the store at ${host} cannot be reached: ${connectionFailure(error).reason}`;
      throw new MlflowError({ ...failed, status: undefined, code: "STORE_UNREACHABLE", message, cause: error });
    }
  };
  return withRetries(retries, mayPass, send);
}

function mayPass(error: unknown): boolean {
  return error instanceof MlflowError && (error.code === "STORE_UNREACHABLE" || error.status === 429 || (error.status ?? 0) >= 500);
}

/** The tracking server may reach a store that this machine does not. */
function isOutOfReach(error: unknown): boolean {
  return error instanceof MlflowError && error.code === "STORE_UNREACHABLE";
}
