import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { sha256 } from "./canonical.ts";
import { confirmDigest, type ObjectPlace, objectUrl, openObject, readVerified } from "./stored-object.ts";
import { ensureObject } from "./undelete.ts";

/** A file under the SHA-256 of its bytes. */
export interface StoredFile {
  sha256: string;
  bytes: number;
}

export interface ContentStoreOptions {
  /** Without a trailing slash; files stand at `<prefix>/<sha256>`. @default files */
  prefix?: string;
  /** The bucket lets nobody write an object twice: changed bytes stay, for who looks into it. @default false */
  writeOnce?: boolean;
}

/** Files of one bucket, each stored once under the SHA-256 of its content (D7): what is there is never written again, unless it was changed. */
export class ContentStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #writeOnce: boolean;

  constructor(s3: S3Client, bucket: string, { prefix = "files", writeOnce = false }: ContentStoreOptions = {}) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#writeOnce = writeOnce;
  }

  /**
   * @returns `uploaded: false` where the same content was stored before
   * @throws FalconryError `content.corrupt` – of a write-once bucket that has other bytes under this hash
   */
  put(content: Uint8Array | string): Promise<StoredFile & { uploaded: boolean }> {
    const body = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    return this.putKnown({ sha256: sha256(body), bytes: body.byteLength }, () => body);
  }

  /** Like {@link put}, for a file of any size up to 5 GB: it is streamed, never held in memory. */
  async putFile(path: string): Promise<StoredFile & { uploaded: boolean }> {
    return this.putKnown(await digestOf(createReadStream(path)), () => createReadStream(path));
  }

  /**
   * Like {@link put}, for content whose hash is known: it is read only where it is not stored yet.
   *
   * @param body bytes of this hash; S3 refuses others
   */
  async putKnown(file: StoredFile, body: () => Uint8Array | Readable): Promise<StoredFile & { uploaded: boolean }> {
    if ((await this.#checksum(file.sha256)) === file.sha256) return { ...file, uploaded: false };
    try {
      const command = new PutObjectCommand({
        ...this.#place(file.sha256),
        Body: body(),
        ContentLength: file.bytes,
        ChecksumSHA256: Buffer.from(file.sha256, "hex").toString("base64"),
        ...(this.#writeOnce && { IfNoneMatch: "*" }),
      });
      signWith(command, file.sha256);
      await this.#s3.send(command);
      return { ...file, uploaded: true };
    } catch (error) {
      if (!standsAlready(error)) throw error;
      const found = await this.#checksum(file.sha256);
      confirmDigest(this.#place(file.sha256), file.sha256, { sha256: found ?? "nothing", bytes: file.bytes });
      return { ...file, uploaded: false };
    }
  }

  /** @throws FalconryError `content.missing`, `content.corrupt` – bytes that do not match their hash are never returned */
  get(digest: string): Promise<Uint8Array> {
    return readVerified(this.#s3, this.#place(digest), digest);
  }

  /** Like {@link get}, streamed into a local file. What was written is worthless when it throws. */
  async getFile(digest: string, path: string): Promise<void> {
    await pipeline(await this.open(digest), createWriteStream(path));
    confirmDigest(this.#place(digest), digest, await digestOf(createReadStream(path)));
  }

  /** The bytes behind the first `from`, not checked. @throws FalconryError `content.missing` */
  async open(digest: string, from = 0): Promise<Readable> {
    return (await openObject(this.#s3, this.#place(digest), from)).body;
  }

  /** Holds what stands under a hash against it, without keeping it. @throws FalconryError `content.missing`, `content.corrupt` */
  async check(digest: string): Promise<void> {
    confirmDigest(this.#place(digest), digest, await digestOf(await this.open(digest)));
  }

  /** Everything that is stored, by its hash. */
  async *list(): AsyncGenerator<StoredFile & { stored: Date }> {
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.#s3 },
      { Bucket: this.#bucket, Prefix: `${this.#prefix}/` },
    )) {
      for (const { Key = "", Size = 0, LastModified = new Date(0) } of Contents) {
        yield { sha256: Key.slice(this.#prefix.length + 1), bytes: Size, stored: LastModified };
      }
    }
  }

  /** Nothing is gone for good: {@link ensure} takes it back for as long as the bucket keeps earlier versions. */
  async remove(digest: string): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand(this.#place(digest)));
  }

  /**
   * Takes the removal of a content back, where it was removed.
   *
   * @returns whether it had been
   * @throws FalconryError `content.missing`
   */
  async ensure(digest: string): Promise<boolean> {
    return await ensureObject(this.#s3, this.#place(digest));
  }

  url(digest: string): string {
    return objectUrl(this.#place(digest));
  }

  /** SHA-256 of the bytes that stand under a hash, as S3 has it; read, where whoever put them did not give it. Undefined where nothing stands. */
  async #checksum(digest: string): Promise<string | undefined> {
    try {
      const { ChecksumSHA256 } = await this.#s3.send(new HeadObjectCommand({ ...this.#place(digest), ChecksumMode: "ENABLED" }));
      if (ChecksumSHA256 !== undefined) return Buffer.from(ChecksumSHA256, "base64").toString("hex");
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
    return (await digestOf(await this.open(digest))).sha256;
  }

  #place(digest: string): ObjectPlace {
    return { Bucket: this.#bucket, Key: `${this.#prefix}/${digest}` };
  }
}

/** The hash that is known goes into the signature; else the SDK would hash the body once more. */
function signWith(command: PutObjectCommand, digest: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      if (hasHeaders(args.request)) args.request.headers["x-amz-content-sha256"] = digest;
      return next(args);
    },
    { step: "build" },
  );
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === "object" && request !== null && "headers" in request;
}

/** A conditional write finds the object there, or another write of it under way. */
export function standsAlready(error: unknown): boolean {
  return error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0);
}

/** Hash and size of a content of any size. */
export async function digestOf(content: Readable): Promise<StoredFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { sha256: hash.digest("hex"), bytes };
}
