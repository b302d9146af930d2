import { urlPath } from "./artifact-path.ts";
import type { ArtifactStore, StoredEntry } from "./artifact-store.ts";
import { inParallel } from "./in-parallel.ts";
import type { LocalFile } from "./request.ts";
import { type AwsCredentials, sign } from "./sigv4.ts";
import { Transport, type TransportSettings } from "./transport.ts";

/** How S3 is asked for artifacts that a tracking server leaves to its clients, as SageMaker's does. */
export interface S3Settings {
  /** Of the buckets. */
  region: string;
  /** As the AWS SDK's credential providers, `fromNodeProviderChain()` say. */
  credentials: () => Promise<AwsCredentials>;
  /**
   * @default S3's own in the region
   */
  endpoint?: string;
}

const deletedAtOnce = 8;

/** One bucket. A file goes in one request, of which S3 takes at most 5 GB. */
export class S3Store implements ArtifactStore {
  readonly #transport: Transport;
  readonly #bucket: string;

  constructor(
    bucket: string,
    settings: S3Settings,
    transport: Omit<TransportSettings, "server" | "uri" | "authenticate">,
    now: () => number,
  ) {
    const { region, credentials, endpoint } = settings;
    this.#bucket = `/${bucket}`;
    this.#transport = new Transport({
      ...transport,
      server: "S3",
      uri: endpoint ?? `https://s3.${region}.amazonaws.com`,
      authenticate: async (request) => sign(request, { region, service: "s3", credentials: await credentials(), at: new Date(now()) }),
    });
  }

  async put(path: readonly string[], body: { bytes: Uint8Array } | LocalFile): Promise<void> {
    await this.#transport.bytes({ method: "PUT", path: urlPath(this.#bucket, path), body, repeatable: true });
  }

  get<T>(path: readonly string[], read: (response: Response, moved: () => void) => Promise<T>): Promise<T> {
    return this.#transport.exchange({ method: "GET", path: urlPath(this.#bucket, path), repeatable: true }, read);
  }

  async *list(path: readonly string[]): AsyncGenerator<StoredEntry, void, undefined> {
    const prefix = path.map((folder) => `${folder}/`).join("");
    for await (const page of this.#pages(prefix, "/")) {
      for (const folder of elements(page, "CommonPrefixes").flatMap((found) => elements(found, "Prefix"))) {
        yield { name: textOf(folder).slice(prefix.length, -1), isDirectory: true, bytes: 0 };
      }
      for (const { key, bytes } of objectsOn(page)) {
        // Some tools mark a folder by an empty object of its name.
        if (key !== prefix) yield { name: key.slice(prefix.length), isDirectory: false, bytes };
      }
    }
  }

  async delete(path: readonly string[]): Promise<void> {
    const keys = [path.join("/")];
    for await (const page of this.#pages(`${path.join("/")}/`)) keys.push(...objectsOn(page).map(({ key }) => key));
    await inParallel(keys, deletedAtOnce, (key) =>
      this.#transport.bytes({ method: "DELETE", path: urlPath(this.#bucket, key.split("/")), repeatable: true }),
    );
  }

  async *#pages(prefix: string, delimiter?: string): AsyncGenerator<string, void, undefined> {
    let token: string | undefined;
    do {
      const query = { "list-type": 2, prefix, delimiter, "continuation-token": token };
      const page = new TextDecoder().decode(await this.#transport.bytes({ method: "GET", path: this.#bucket, query, repeatable: true }));
      yield page;
      token = elements(page, "NextContinuationToken").map(textOf)[0];
    } while (token !== undefined);
  }
}

function objectsOn(page: string): { key: string; bytes: number }[] {
  return elements(page, "Contents").map((object) => ({
    key: elements(object, "Key").map(textOf).join(""),
    bytes: Number(elements(object, "Size")[0] ?? 0),
  }));
}

/** S3's answers nest no element in one of the same name, and escape every `<` in a text. */
function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, content = ""]) => content);
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function textOf(xml: string): string {
  return xml.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
