import { urlPath } from "./artifact-path.ts";
import type { ArtifactStore, StoredEntry } from "./artifact-store.ts";
import type { LocalFile } from "./request.ts";
import type { RetrySettings } from "./retry.ts";
import type { Transport } from "./transport.ts";
import { partsFromBytes, uploadInParts } from "./upload-in-parts.ts";

const root = "/api/2.0/mlflow-artifacts/artifacts";

/** The tracking server, which keeps files for its clients. */
export class ServerStore implements ArtifactStore {
  readonly #transport: Transport;
  readonly #waits: Omit<RetrySettings, "attempts">;

  constructor(transport: Transport, waits: Omit<RetrySettings, "attempts">) {
    this.#transport = transport;
    this.#waits = waits;
  }

  /** A large file in parts where the server offers that, any other as a stream. */
  async put(path: readonly string[], body: { bytes: Uint8Array } | LocalFile): Promise<void> {
    const large = "file" in body && body.size >= partsFromBytes;
    if (large && (await uploadInParts(this.#transport, path, body, this.#waits))) return;
    await this.#transport.bytes({ method: "PUT", path: urlPath(root, path), body, repeatable: true });
  }

  get<T>(path: readonly string[], read: (response: Response, moved: () => void) => Promise<T>): Promise<T> {
    return this.#transport.exchange({ method: "GET", path: urlPath(root, path), repeatable: true }, read);
  }

  async *list(path: readonly string[]): AsyncGenerator<StoredEntry, void, undefined> {
    const answer = await this.#transport.get(root, { path: path.join("/") });
    for (const file of answer.objects("files")) {
      yield { name: file.text("path"), isDirectory: file.boolean("is_dir"), bytes: file.optionalNumber("file_size") ?? 0 };
    }
  }

  async delete(path: readonly string[]): Promise<void> {
    await this.#transport.bytes({ method: "DELETE", path: urlPath(root, path), repeatable: true });
  }
}
