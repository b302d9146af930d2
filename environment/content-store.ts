import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, HeadObjectCommand, NoSuchKey, NotFound, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { sha256 } from "./canonical.ts";
import { FalconryError } from "./error.ts";

/** A file under the SHA-256 of its bytes. */
export interface StoredFile {
  sha256: string;
  bytes: number;
}

/** Files of one bucket, each stored once under the SHA-256 of its content (D7): what is there is never written again. */
export class ContentStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  /** @param prefix without a trailing slash; files stand at `<prefix>/<sha256>` */
  constructor(s3: S3Client, bucket: string, prefix = "files") {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /** @returns `uploaded: false` where the same content was stored before */
  async put(content: Uint8Array | string): Promise<StoredFile & { uploaded: boolean }> {
    const body = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    const file = { sha256: sha256(body), bytes: body.byteLength };
    if (await this.has(file.sha256)) return { ...file, uploaded: false };
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key: this.#key(file.sha256), Body: body }));
    return { ...file, uploaded: true };
  }

  /** Like {@link put}, for a file of any size up to 5 GB: it is streamed, never held in memory. */
  async putFile(path: string): Promise<StoredFile & { uploaded: boolean }> {
    const file = await digestOf(createReadStream(path));
    if (await this.has(file.sha256)) return { ...file, uploaded: false };
    const Body = createReadStream(path);
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key: this.#key(file.sha256), Body, ContentLength: file.bytes }));
    return { ...file, uploaded: true };
  }

  async has(digest: string): Promise<boolean> {
    try {
      await this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: this.#key(digest) }));
      return true;
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }

  /** @throws FalconryError `content.missing`, `content.corrupt` – bytes that do not match their hash are never returned */
  async get(digest: string): Promise<Uint8Array> {
    const body = await this.#read(digest);
    const content = await body.transformToByteArray();
    this.#confirm(digest, { sha256: sha256(content), bytes: content.byteLength });
    return content;
  }

  /** Like {@link get}, streamed into a local file. What was written is worthless when it throws. */
  async getFile(digest: string, path: string): Promise<void> {
    const body = await this.#read(digest);
    await pipeline(Readable.fromWeb(body.transformToWebStream()), createWriteStream(path));
    this.#confirm(digest, await digestOf(createReadStream(path)));
  }

  url(digest: string): string {
    return `s3://${this.#bucket}/${this.#key(digest)}`;
  }

  #confirm(digest: string, found: StoredFile): void {
    if (found.sha256 === digest) return;
    throw new FalconryError("content.corrupt", {
      message: `${this.url(digest)}: ${found.bytes} bytes hash to ${found.sha256}`,
      hint: "The stored bytes were changed: restore the object's earlier S3 version, or store the content again",
    });
  }

  async #read(digest: string) {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key(digest) }));
      if (Body === undefined) throw new Error(`${this.url(digest)} came without a body`);
      return Body;
    } catch (error) {
      if (!(error instanceof NoSuchKey)) throw error;
      throw new FalconryError("content.missing", {
        message: `${this.url(digest)} does not exist`,
        hint: "Restore the object from the bucket's earlier versions, or make the version again from its source",
      });
    }
  }

  #key(digest: string): string {
    return `${this.#prefix}/${digest}`;
  }
}

async function digestOf(content: Readable): Promise<StoredFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { sha256: hash.digest("hex"), bytes };
}
