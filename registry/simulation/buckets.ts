import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";

/** S3 with versions, as far as packages, feature sets, evidence and witnesses ask for it. */
export class Buckets {
  /** By `<bucket>/<key>`; the last version is the current one. */
  readonly objects: Map<string, readonly Uint8Array[]>;
  /** Counts the objects that were written. */
  writes = 0;

  constructor(objects: Iterable<[string, readonly Uint8Array[]]> = []) {
    this.objects = new Map(objects);
  }

  /** The current bytes. */
  bytes(place: string): Uint8Array | undefined {
    return this.objects.get(place)?.at(-1);
  }

  answer(command: object): object {
    if (command instanceof PutObjectCommand) return this.#put(command.input);
    if (command instanceof GetObjectCommand) return this.#get(command.input);
    if (command instanceof HeadObjectCommand) return this.#head(command.input);
    if (command instanceof ListObjectsV2Command) return { Contents: this.#keys(command.input).map((Key) => ({ Key })) };
    if (command instanceof ListObjectVersionsCommand) return this.#versions(command.input);
    throw new Error(`the simulated S3 has no ${command.constructor.name}`);
  }

  #put({ Bucket, Key, Body, IfNoneMatch }: PutObjectCommand["input"]): object {
    const place = `${Bucket}/${Key}`;
    const standing = this.objects.get(place) ?? [];
    if (IfNoneMatch === "*" && standing.length > 0) {
      const message = "At least one of the pre-conditions you specified did not hold";
      throw new S3ServiceException({ name: "PreconditionFailed", $fault: "client", message, $metadata: { httpStatusCode: 412 } });
    }
    if (typeof Body !== "string" && !(Body instanceof Uint8Array)) throw new Error(`the simulated S3 takes no streams, as for ${place}`);
    this.writes++;
    this.objects.set(place, [...standing, typeof Body === "string" ? Buffer.from(Body, "utf8") : Body]);
    return { VersionId: String(standing.length) };
  }

  #get({ Bucket, Key, VersionId }: GetObjectCommand["input"]): object {
    const bytes = this.objects.get(`${Bucket}/${Key}`)?.at(VersionId === undefined ? -1 : Number(VersionId));
    if (bytes === undefined) throw new NoSuchKey({ message: "The specified key does not exist.", $metadata: { httpStatusCode: 404 } });
    const read = { transformToString: async () => Buffer.from(bytes).toString("utf8"), transformToByteArray: async () => bytes };
    const Body = new Readable({
      read() {
        this.push(bytes);
        this.push(null);
      },
    });
    return { Body: Object.assign(Body, read), ContentLength: bytes.byteLength };
  }

  #head({ Bucket, Key, ChecksumMode }: HeadObjectCommand["input"]): object {
    const bytes = this.bytes(`${Bucket}/${Key}`);
    if (bytes === undefined) throw new NotFound({ message: "NotFound", $metadata: { httpStatusCode: 404 } });
    const checksum = ChecksumMode === "ENABLED" && { ChecksumSHA256: createHash("sha256").update(bytes).digest("base64") };
    return { ContentLength: bytes.byteLength, ...checksum };
  }

  #keys({ Bucket, Prefix = "" }: { Bucket: string | undefined; Prefix?: string | undefined }): string[] {
    const start = `${Bucket}/`;
    const found = [...this.objects.keys()].filter((place) => place.startsWith(start + Prefix)).sort();
    return found.map((place) => place.slice(start.length));
  }

  #versions({ Bucket, Prefix }: ListObjectVersionsCommand["input"]): object {
    const Versions = this.#keys({ Bucket, Prefix }).flatMap((Key) => {
      const versions = this.objects.get(`${Bucket}/${Key}`) ?? [];
      return versions
        .map((_, at) => ({ Key, VersionId: String(at), IsLatest: at === versions.length - 1, LastModified: new Date(at) }))
        .reverse();
    });
    return { Versions };
  }
}
