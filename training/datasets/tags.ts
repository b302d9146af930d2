import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { standsAlready } from "@falconry/environment/content-store.ts";
import { FalconryError } from "@falconry/environment/error.ts";

/** Whether a text may be a tag's name: neither the beginning of a digest nor `latest`. */
export function isTag(text: string): boolean {
  return /^[a-z0-9][a-z0-9._-]{0,59}$/.test(text) && !/^[0-9a-f]+$/.test(text) && text !== "latest";
}

/** Movable names of dataset versions: objects at `datasets/<name>/tags/<tag>` that hold a digest. */
export class Tags {
  readonly #s3: S3Client;
  readonly #bucket: string;

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /** @returns the digest of the version that it names */
  async read(name: string, tag: string): Promise<string | undefined> {
    return (await this.#read(name, tag))?.digest;
  }

  /** Digests by tag. */
  async list(name: string): Promise<Map<string, string>> {
    const tags = new Map<string, string>();
    const Prefix = `datasets/${name}/tags/`;
    for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.#bucket, Prefix })) {
      for (const { Key = "" } of Contents) {
        const tag = Key.slice(Prefix.length);
        const digest = await this.read(name, tag);
        if (digest !== undefined) tags.set(tag, digest);
      }
    }
    return tags;
  }

  /**
   * Of two who move it at the same moment one is refused.
   *
   * @returns the version that it named before
   * @throws FalconryError `dataset.tag-moved`, `dataset.name`
   */
  async set(name: string, tag: string, digest: string): Promise<string | undefined> {
    if (!isTag(tag)) throw invalidTag(tag);
    const before = await this.#read(name, tag);
    if (before?.digest === digest) return digest;
    const condition = before === undefined ? { IfNoneMatch: "*" } : { IfMatch: before.etag };
    try {
      await this.#s3.send(new PutObjectCommand({ ...this.#place(name, tag), Body: digest, ...condition }));
    } catch (error) {
      if (!standsAlready(error)) throw error;
      throw new FalconryError("dataset.tag-moved", {
        message: `somebody else moved the tag "${tag}" of the dataset "${name}" at this moment`,
        hint: `See where it stands with: falconry datasets list ${name}`,
        cause: error,
      });
    }
    return before?.digest;
  }

  /** @returns the version that it named */
  async remove(name: string, tag: string): Promise<string | undefined> {
    const before = await this.read(name, tag);
    if (before !== undefined) await this.#s3.send(new DeleteObjectCommand(this.#place(name, tag)));
    return before;
  }

  async #read(name: string, tag: string): Promise<{ digest: string; etag: string | undefined } | undefined> {
    try {
      const { Body, ETag } = await this.#s3.send(new GetObjectCommand(this.#place(name, tag)));
      return { digest: (await Body?.transformToString()) ?? "", etag: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  #place(name: string, tag: string) {
    return { Bucket: this.#bucket, Key: `datasets/${name}/tags/${tag}` };
  }
}

function invalidTag(tag: string): FalconryError {
  return new FalconryError("dataset.name", {
    message: `"${tag}" is no name for a tag`,
    hint: "Use lower-case letters, digits, dots, hyphens and underscores, at most 60; neither latest nor what could be the beginning of a digest",
  });
}
