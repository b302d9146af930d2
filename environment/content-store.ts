import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { sha256 } from "./canonical.ts";
import { confirmDigest, type ObjectPlace, objectUrl, openObject, readVerified } from "./stored-object.ts";
import { ensureObject } from "./undelete.ts";

/** A page of a bucket's list costs as much as 12 questions for one object, and takes as long as some 50 that are asked 8 at once. */
const worthAPage = 50;

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
  async put(content: Uint8Array | string): Promise<StoredFile & { uploaded: boolean }> {
    const body = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    const file = { sha256: sha256(body), bytes: body.byteLength };
    return { ...file, uploaded: (await this.putKnown(file, () => body)).uploaded };
  }

  /** Like {@link put}, for a file of any size up to 5 GB: it is streamed, never held in memory. */
  async putFile(path: string): Promise<StoredFile & { uploaded: boolean }> {
    const file = await digestOf(createReadStream(path));
    return { ...file, uploaded: (await this.putKnown(file, () => createReadStream(path))).uploaded };
  }

  /**
   * Like {@link put}, for content whose hash is known: it is read only where it is not stored yet.
   *
   * @param body bytes of this hash; S3 refuses others
   * @returns with S3's mark of the bytes that stand there now, for {@link unchanged}
   */
  async putKnown(file: StoredFile, body: () => Uint8Array | Readable): Promise<{ uploaded: boolean; etag?: string }> {
    const standing = await this.#standing(file.sha256);
    if (standing?.sha256 === file.sha256) return { uploaded: false, etag: standing.etag };
    try {
      const command = new PutObjectCommand({
        ...this.#place(file.sha256),
        Body: body(),
        ContentLength: file.bytes,
        ChecksumSHA256: Buffer.from(file.sha256, "hex").toString("base64"),
        ...(this.#writeOnce && { IfNoneMatch: "*" }),
      });
      signWith(command, file.sha256);
      const { ETag } = await this.#s3.send(command);
      return { uploaded: true, etag: ETag };
    } catch (error) {
      if (!standsAlready(error)) throw error;
      const found = await this.#standing(file.sha256);
      confirmDigest(this.#place(file.sha256), file.sha256, { sha256: found?.sha256 ?? "nothing", bytes: file.bytes });
      return { uploaded: false, etag: found?.etag };
    }
  }

  /**
   * Which contents stand as they did when they were put, asked by the page and not for each: for as long as a page answers {@link worthAPage} of the questions.
   * Other bytes would have another mark.
   *
   * @param etags what {@link putKnown} said, by SHA-256
   * @returns those that stand unchanged; of the others nothing is known
   */
  async unchanged(etags: ReadonlyMap<string, string>): Promise<Map<string, string>> {
    const unchanged = new Map<string, string>();
    let asked = [...etags.keys()].sort();
    while (asked[0] !== undefined && asked.length >= worthAPage) {
      const justBefore = this.#place(asked[0]).Key.slice(0, -1);
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: `${this.#prefix}/`, StartAfter: justBefore }),
      );
      const listed = (page.Contents ?? []).map(({ Key = "", ETag }) => ({ digest: this.#digest(Key), etag: ETag }));
      for (const { digest, etag } of listed) if (etag !== undefined && etags.get(digest) === etag) unchanged.set(digest, etag);
      const last = listed.at(-1)?.digest ?? "";
      const behind = page.IsTruncated ? asked.filter((digest) => digest > last) : [];
      if (asked.length - behind.length < worthAPage) break;
      asked = behind;
    }
    return unchanged;
  }

  /**
   * @param memory see {@link readVerified}
   * @throws FalconryError `content.missing`, `content.corrupt` – bytes that do not match their hash are never returned
   */
  get(digest: string, memory?: Buffer): Promise<Buffer> {
    return readVerified(this.#s3, this.#place(digest), digest, memory);
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
        yield { sha256: this.#digest(Key), bytes: Size, stored: LastModified };
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
  async #standing(digest: string): Promise<{ sha256: string; etag?: string } | undefined> {
    try {
      const { ChecksumSHA256, ETag } = await this.#s3.send(new HeadObjectCommand({ ...this.#place(digest), ChecksumMode: "ENABLED" }));
      if (ChecksumSHA256 !== undefined) return { sha256: Buffer.from(ChecksumSHA256, "base64").toString("hex"), etag: ETag };
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
    return { sha256: (await digestOf(await this.open(digest))).sha256 };
  }

  #place(digest: string): ObjectPlace {
    return { Bucket: this.#bucket, Key: `${this.#prefix}/${digest}` };
  }

  #digest(key: string): string {
    return key.slice(this.#prefix.length + 1);
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
