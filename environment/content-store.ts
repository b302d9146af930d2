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
    const content = await this.#read(digest);
    const found = sha256(content);
    if (found === digest) return content;
    throw new FalconryError("content.corrupt", {
      message: `${this.url(digest)}: ${content.byteLength} bytes hash to ${found}`,
      hint: "The stored bytes were changed: restore the object's earlier S3 version, or store the content again",
    });
  }

  url(digest: string): string {
    return `s3://${this.#bucket}/${this.#key(digest)}`;
  }

  async #read(digest: string): Promise<Uint8Array> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key(digest) }));
      if (Body === undefined) throw new Error(`${this.url(digest)} came without a body`);
      return await Body.transformToByteArray();
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
