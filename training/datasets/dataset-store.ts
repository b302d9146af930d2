import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, PutObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { ContentStore } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { confirmDigest, objectUrl } from "@falconry/environment/stored-object.ts";
import { ensureObject } from "@falconry/environment/undelete.ts";
import pMap from "p-map";
import { ZodError } from "zod";
import { contentHashes, type DatasetManifest, isFolder, type VersionManifest, versionManifestSchema } from "./manifest.ts";
import { isTag, Tags } from "./tags.ts";

const requestsAtOnce = 16;

/** A dataset version by name and digest. */
export interface DatasetReference {
  name: string;
  digest: string;
}

export interface StoredVersion extends DatasetReference {
  /** When the version was first committed, ISO 8601. */
  committed: string;
}

/** The dataset versions of one environment's clean bucket. What is committed is never written again; only `latest` moves. */
export class DatasetStore {
  readonly files: ContentStore;
  readonly tags: Tags;
  readonly #environment: Environment;
  readonly #bucket: string;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#bucket = environment.descriptor.lake.clean;
    this.files = new ContentStore(environment.s3, this.#bucket);
    this.tags = new Tags(environment.s3, this.#bucket);
  }

  /**
   * Writes the manifest of files that are stored already, and makes the version the latest of its name.
   *
   * @returns `uploaded: false` where the version was there before, unchanged
   * @throws FalconryError `dataset.kind` – the latest version is a folder, and this one a table, or the other way round
   */
  async commit(manifest: VersionManifest): Promise<{ version: DatasetReference; uploaded: boolean }> {
    const text = canonicalJson(manifest);
    const version = { name: manifest.name, digest: sha256(text) };
    const latest = await this.latest(manifest.name);
    if (latest !== undefined && latest !== version.digest) await this.#confirmKind(manifest, latest);
    const standing = await this.#read(this.key(version));
    // What stands there with other bytes was changed: it is put again.
    const uploaded = standing === undefined || sha256(standing) !== version.digest;
    if (uploaded) await this.#write(this.key(version), text);
    if (latest !== version.digest) await this.#write(latestKey(manifest.name), version.digest);
    if (uploaded || latest !== version.digest) await this.ensure(version);
    return { version, uploaded };
  }

  /**
   * Takes back what `datasets gc` removed of a version that it did not know to be named: whoever names a version calls this afterwards.
   *
   * @returns how many objects had been removed
   * @throws FalconryError `content.missing` – it cannot be taken back
   */
  async ensure(reference: DatasetReference): Promise<number> {
    const restored = [await ensureObject(this.#environment.s3, { Bucket: this.#bucket, Key: this.key(reference) })];
    const hashes = contentHashes(await this.read(reference));
    restored.push(...(await pMap(hashes, (digest) => this.files.ensure(digest), { concurrency: requestsAtOnce })));
    return restored.filter(Boolean).length;
  }

  /** Its content stays. Nothing is gone for good: see {@link ensure}. */
  async remove(reference: DatasetReference): Promise<void> {
    await this.#environment.s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: this.key(reference) }));
  }

  /**
   * The manifest of a table.
   *
   * @throws FalconryError `dataset.kind`, and those of {@link read}
   */
  async manifest(reference: DatasetReference): Promise<DatasetManifest> {
    const manifest = await this.read(reference);
    if (!isFolder(manifest)) return manifest;
    throw new FalconryError("dataset.kind", {
      message: `the dataset "${reference.name}" is a folder of files, not a table`,
      hint: `For its files, run: falconry datasets get ${reference.name} --to FOLDER`,
    });
  }

  /**
   * @throws FalconryError `dataset.unknown`; `content.corrupt` where the stored JSON does not match its digest; `dataset.corrupt` where it does, and is no
   *   manifest
   */
  async read(reference: DatasetReference): Promise<VersionManifest> {
    const text = await this.#read(this.key(reference));
    if (text === undefined) throw unknownDataset(reference.name, reference.digest);
    confirmDigest({ Bucket: this.#bucket, Key: this.key(reference) }, reference.digest, { sha256: sha256(text), bytes: text.byteLength });
    return this.#parse(reference, Buffer.from(text).toString("utf8"));
  }

  /**
   * @param digest a digest, the beginning of one, a tag, or `latest`
   * @throws FalconryError `dataset.unknown`, `dataset.ambiguous`
   */
  async resolve(name: string, digest: string): Promise<DatasetReference> {
    if (digest === "latest") {
      const latest = await this.latest(name);
      if (latest === undefined) throw unknownDataset(name, digest);
      return { name, digest: latest };
    }
    const tagged = isTag(digest) ? await this.tags.read(name, digest) : undefined;
    if (tagged !== undefined) return { name, digest: tagged };
    const matching = (await this.list(name)).filter((version) => version.digest.startsWith(digest));
    const [first, second] = matching;
    if (first === undefined) throw unknownDataset(name, digest);
    if (second === undefined) return { name, digest: first.digest };
    throw new FalconryError("dataset.ambiguous", {
      message: `${matching.length} versions of the dataset "${name}" begin with "${digest}": ${matching.map((version) => version.digest).join(", ")}`,
      hint: "Give more digits of the one that you mean",
    });
  }

  /** @param name every dataset without it @returns newest first */
  async list(name?: string): Promise<StoredVersion[]> {
    const versions: StoredVersion[] = [];
    const Prefix = name === undefined ? "datasets/" : `datasets/${name}/`;
    for await (const page of paginateListObjectsV2({ client: this.#environment.s3 }, { Bucket: this.#bucket, Prefix })) {
      for (const { Key = "", LastModified } of page.Contents ?? []) {
        const [, found, digest] = /^datasets\/([^/]+)\/([0-9a-f]{64})\.json$/.exec(Key) ?? [];
        if (found && digest) versions.push({ name: found, digest, committed: LastModified?.toISOString() ?? "" });
      }
    }
    return versions.sort((a, b) => b.committed.localeCompare(a.committed) || a.digest.localeCompare(b.digest));
  }

  /** Digest of the version that was ingested last. */
  async latest(name: string): Promise<string | undefined> {
    const text = await this.#read(latestKey(name));
    return text && Buffer.from(text).toString("utf8");
  }

  key({ name, digest }: DatasetReference): string {
    return `datasets/${name}/${digest}.json`;
  }

  url(reference: DatasetReference): string {
    return objectUrl({ Bucket: this.#bucket, Key: this.key(reference) });
  }

  #parse(reference: DatasetReference, text: string): VersionManifest {
    try {
      return versionManifestSchema.parse(JSON.parse(text));
    } catch (cause) {
      const [issue] = cause instanceof ZodError ? cause.issues : [];
      throw new FalconryError("dataset.corrupt", {
        message: `${this.url(reference)} is no manifest that this version of Falconry reads: ${issue?.message ?? String(cause)}`,
        hint: "If a newer Falconry wrote it, use that one; otherwise ingest or commit the data again",
        cause,
      });
    }
  }

  async #confirmKind(manifest: VersionManifest, latest: string): Promise<void> {
    const before = await this.#readable({ name: manifest.name, digest: latest });
    if (before === undefined || isFolder(before) === isFolder(manifest)) return;
    throw new FalconryError("dataset.kind", {
      message: `the dataset "${manifest.name}" is a ${isFolder(before) ? "folder of files" : "table"}: it cannot have a version of the other kind`,
      hint: "Give the new one a name of its own",
    });
  }

  /** A damaged version keeps nobody from committing the next one. */
  async #readable(reference: DatasetReference): Promise<VersionManifest | undefined> {
    try {
      return await this.read(reference);
    } catch (error) {
      if (error instanceof FalconryError) return undefined;
      throw error;
    }
  }

  async #read(Key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#environment.s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async #write(Key: string, Body: string): Promise<void> {
    await this.#environment.s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body }));
  }
}

function latestKey(name: string): string {
  return `datasets/${name}/latest`;
}

function unknownDataset(name: string, digest: string): FalconryError {
  return new FalconryError("dataset.unknown", {
    message: digest === "latest" ? `the dataset "${name}" has no version` : `the dataset "${name}" has no version "${digest}"`,
    hint: digest === "latest" ? `Run: falconry ingest ${name}` : `Run: falconry datasets list ${name}`,
  });
}
