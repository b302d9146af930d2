import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, S3ServiceException } from "@aws-sdk/client-s3";
import { canonicalJson } from "@falconry/environment/canonical.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { z } from "zod";
import type { ChainHead } from "./chain.ts";

const sequenceDigits = 12;
const readsAtOnce = 16;
/** A conditional write finds the object there, or another write of it under way. */
const standsAlready = new Set([412, 409]);
const witnessKey = new RegExp(`/\\d{${sequenceDigits}}\\.json$`);

const witnessSchema = z.object({ endpoint: z.string(), sequence: z.number().int().positive(), hash: z.string() });

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
    try {
      const Body = canonicalJson({ endpoint: this.#endpoint, sequence, hash });
      await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body, ContentType: "application/json", IfNoneMatch: "*" }));
    } catch (error) {
      if (!(error instanceof S3ServiceException) || !standsAlready.has(error.$metadata.httpStatusCode ?? 0)) throw error;
      const standing = await this.#read(Key);
      if (standing === hash) return;
      throw new FalconryError("registry.ledger-corrupt", {
        message: `event ${sequence} of ${this.#endpoint} hashes to ${hash}, but s3://${this.#bucket}/${Key} witnessed ${standing}`,
        hint: "Nothing was done. Run: falconry audit verify",
      });
    }
  }

  /** Every witness: hash by sequence; an object that is no witness any more has the hash "". */
  async all(): Promise<Map<number, string>> {
    const keys: string[] = [];
    const pages = paginateListObjectsV2({ client: this.#s3 }, { Bucket: this.#bucket, Prefix: `${this.#endpoint}/` });
    for await (const page of pages) for (const { Key } of page.Contents ?? []) if (Key && witnessKey.test(Key)) keys.push(Key);
    const hashes = new Map<number, string>();
    for (let at = 0; at < keys.length; at += readsAtOnce) {
      const some = keys.slice(at, at + readsAtOnce);
      const read = await Promise.all(some.map((key) => this.#read(key)));
      for (const [index, key] of some.entries())
        hashes.set(Number(key.slice(this.#endpoint.length + 1, -".json".length)), read[index] ?? "");
    }
    return hashes;
  }

  async #read(key: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
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
