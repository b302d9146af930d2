import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";

/** S3, as far as packages, feature sets, evidence and witnesses ask for it. */
export class Buckets {
  /** By `<bucket>/<key>`. */
  readonly objects: Map<string, Uint8Array>;

  constructor(objects: Iterable<[string, Uint8Array]> = []) {
    this.objects = new Map(objects);
  }

  answer(command: object): object {
    if (command instanceof PutObjectCommand) return this.#put(command.input);
    if (command instanceof GetObjectCommand) return this.#get(command.input);
    if (command instanceof HeadObjectCommand) return this.#head(command.input);
    if (command instanceof ListObjectsV2Command) return this.#list(command.input);
    throw new Error(`the simulated S3 has no ${command.constructor.name}`);
  }

  #put({ Bucket, Key, Body, IfNoneMatch }: PutObjectCommand["input"]): object {
    const place = `${Bucket}/${Key}`;
    if (IfNoneMatch === "*" && this.objects.has(place)) {
      const message = "At least one of the pre-conditions you specified did not hold";
      throw new S3ServiceException({ name: "PreconditionFailed", $fault: "client", message, $metadata: { httpStatusCode: 412 } });
    }
    if (typeof Body !== "string" && !(Body instanceof Uint8Array)) throw new Error(`the simulated S3 takes no streams, as for ${place}`);
    this.objects.set(place, typeof Body === "string" ? Buffer.from(Body, "utf8") : Body);
    return {};
  }

  #get({ Bucket, Key }: GetObjectCommand["input"]): object {
    const bytes = this.objects.get(`${Bucket}/${Key}`);
    if (bytes === undefined) throw new NoSuchKey({ message: "The specified key does not exist.", $metadata: { httpStatusCode: 404 } });
    return {
      Body: { transformToString: async () => Buffer.from(bytes).toString("utf8"), transformToByteArray: async () => bytes },
    };
  }

  #head({ Bucket, Key }: HeadObjectCommand["input"]): object {
    if (this.objects.has(`${Bucket}/${Key}`)) return {};
    throw new NotFound({ message: "NotFound", $metadata: { httpStatusCode: 404 } });
  }

  #list({ Bucket, Prefix }: ListObjectsV2Command["input"]): object {
    const found = [...this.objects.keys()].filter((place) => place.startsWith(`${Bucket}/${Prefix}`)).sort();
    return { Contents: found.map((place) => ({ Key: place.slice(`${Bucket}/`.length) })) };
  }
}
