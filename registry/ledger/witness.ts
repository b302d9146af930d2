import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { canonicalJson } from "@falconry/environment/canonical.ts";
import { standsAlready } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { z } from "zod";
import type { ChainHead } from "./chain.ts";

const sequenceDigits = 12;
const readsAtOnce = 16;
const witnessKey = new RegExp(`/\\d{${sequenceDigits}}\\.json$`);

const witnessSchema = z.object({ endpoint: z.string(), sequence: z.number().int().positive(), hash: z.string() });

export interface Witness {
  /** What was written first, which nobody can write over; "" where that is no witness. */
  hash: string;
  /** Somebody wrote a later version, or deleted it: both take more than a writer of the ledger may. */
  overwritten: boolean;
}

/**
 * Hashes of one endpoint's ledger, each in an object of the audit bucket that is written once. The table alone cannot show that its end was
 * cut off; the witnesses can.
 */
export class Witnesses {
  readonly #s3: Environment["s3"];
  readonly #bucket: string;
  readonly #endpoint: string;

  constructor({ s3, descriptor }: Pick<Environment, "s3" | "descriptor">, endpoint: string) {
    this.#s3 = s3;
    this.#bucket = descriptor.lake.audit;
    this.#endpoint = endpoint;
  }

  /**
   * Writes the witness of an event, or finds that it stands already.
   *
   * @throws FalconryError `registry.ledger-corrupt` – the witness that stands names another hash
   */
  async write({ sequence, hash }: ChainHead): Promise<void> {
    const Key = this.#key(sequence);
    const Body = canonicalJson({ endpoint: this.#endpoint, sequence, hash });
    const put = new PutObjectCommand({ Bucket: this.#bucket, Key, Body, ContentType: "application/json", IfNoneMatch: "*" });
    try {
      // Another conditional write is under way: whether it will stand is not said yet.
      await this.#s3.send(put).catch((error: unknown) => (isUndecided(error) ? this.#s3.send(put) : Promise.reject(error)));
    } catch (error) {
      if (!standsAlready(error)) throw error;
      const standing = await this.#read(Key);
      if (standing === hash) return;
      throw new FalconryError("registry.ledger-corrupt", {
        message: `event ${sequence} of ${this.#endpoint} hashes to ${hash}, but s3://${this.#bucket}/${Key} witnessed ${standing}`,
        hint: "Nothing was done. Run: falconry audit verify",
      });
    }
  }

  /** Every witness, by sequence. */
  async all(): Promise<Map<number, Witness>> {
    const objects = [...(await this.#objects())];
    const witnesses = new Map<number, Witness>();
    for (let at = 0; at < objects.length; at += readsAtOnce) {
      const some = objects.slice(at, at + readsAtOnce);
      const hashes = await Promise.all(some.map(([key, { oldest }]) => this.#read(key, oldest)));
      for (const [index, [key, { writes }]] of some.entries()) {
        const sequence = Number(key.slice(this.#endpoint.length + 1, -".json".length));
        witnesses.set(sequence, { hash: hashes[index] ?? "", overwritten: writes > 1 });
      }
    }
    return witnesses;
  }

  /** Versions of each witness by its key. S3 keeps them all, and lists those of one key with the oldest last. */
  async #objects(): Promise<Map<string, { oldest: string | undefined; writes: number }>> {
    const objects = new Map<string, { oldest: string | undefined; writes: number }>();
    const writesOf = (key: string) => objects.get(key)?.writes ?? 0;
    for await (const { Versions = [], DeleteMarkers = [] } of this.#versions()) {
      for (const { Key = "", VersionId } of Versions) objects.set(Key, { oldest: VersionId, writes: writesOf(Key) + 1 });
      for (const { Key = "" } of DeleteMarkers) objects.set(Key, { oldest: objects.get(Key)?.oldest, writes: writesOf(Key) + 1 });
    }
    return new Map([...objects].filter(([key]) => witnessKey.test(key)));
  }

  async *#versions(): AsyncGenerator<ListObjectVersionsCommandOutput> {
    let page: ListObjectVersionsCommandOutput | undefined;
    do {
      page = await this.#s3.send(
        new ListObjectVersionsCommand({
          Bucket: this.#bucket,
          Prefix: `${this.#endpoint}/`,
          KeyMarker: page?.NextKeyMarker,
          VersionIdMarker: page?.NextVersionIdMarker,
        }),
      );
      yield page;
    } while (page.IsTruncated === true);
  }

  /** @returns "" for what is no witness */
  async #read(key: string, VersionId?: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key, ...(VersionId && { VersionId }) }));
    const text = (await Body?.transformToString()) ?? "";
    try {
      const witness = witnessSchema.parse(JSON.parse(text));
      return witness.endpoint === this.#endpoint && this.#key(witness.sequence) === key ? witness.hash : "";
    } catch {
      return "";
    }
  }

  #key(sequence: number): string {
    return `${this.#endpoint}/${String(sequence).padStart(sequenceDigits, "0")}.json`;
  }
}

function isUndecided(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 409;
}
