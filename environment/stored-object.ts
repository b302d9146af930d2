import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { GetObjectCommand, NoSuchKey, type S3Client } from "@aws-sdk/client-s3";
import { FalconryError } from "./error.ts";

/** Where an object stands. */
export interface ObjectPlace {
  Bucket: string;
  Key: string;
}

export function objectUrl({ Bucket, Key }: ObjectPlace): string {
  return `s3://${Bucket}/${Key}`;
}

/**
 * An object whose bytes are known by their SHA-256.
 *
 * @param memory where the bytes go, if there is room: large objects cost half the time when each comes in the memory of the last
 * @throws FalconryError `content.missing`, `content.corrupt` – bytes that do not match their hash are never returned
 */
export async function readVerified(s3: S3Client, place: ObjectPlace, digest: string, memory?: Buffer): Promise<Buffer> {
  const { body, bytes } = await openObject(s3, place);
  const hash = createHash("sha256");
  const content = memory && memory.byteLength >= bytes ? memory.subarray(0, bytes) : Buffer.allocUnsafeSlow(bytes);
  let filled = 0;
  for await (const part of body) {
    content.set(part, filled);
    hash.update(part);
    filled += part.byteLength;
  }
  confirmDigest(place, digest, { sha256: hash.digest("hex"), bytes: filled });
  return content;
}

/**
 * The body of an object, for who checks it while it is read.
 *
 * @param from how many bytes are left out
 * @throws FalconryError `content.missing`
 */
export async function openObject(s3: S3Client, place: ObjectPlace, from = 0): Promise<{ body: Readable; bytes: number }> {
  try {
    const { Body, ContentLength } = await s3.send(new GetObjectCommand({ ...place, ...(from > 0 && { Range: `bytes=${from}-` }) }));
    if (!(Body instanceof Readable) || ContentLength === undefined) throw new Error(`${objectUrl(place)} came without a body`);
    return { body: Body, bytes: ContentLength };
  } catch (error) {
    if (!(error instanceof NoSuchKey)) throw error;
    throw missingObject(place);
  }
}

export function missingObject(place: ObjectPlace): FalconryError {
  return new FalconryError("content.missing", {
    message: `${objectUrl(place)} does not exist`,
    hint: "Restore the object from the bucket's earlier versions, or make it again from its source",
  });
}

/** @throws FalconryError `content.corrupt` */
export function confirmDigest(place: ObjectPlace, digest: string, found: { sha256: string; bytes: number }): void {
  if (found.sha256 === digest) return;
  throw new FalconryError("content.corrupt", {
    message: `${objectUrl(place)}: ${found.bytes} bytes hash to ${found.sha256}`,
    hint: "The stored bytes were changed: restore the object's earlier S3 version, or store the content again",
  });
}
