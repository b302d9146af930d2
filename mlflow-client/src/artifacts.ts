import { MlflowError } from "./error.ts";
import type { Transport } from "./transport.ts";

export interface ArtifactFile {
  /** Relative to the artifact URI. */
  path: string;
  isDirectory: boolean;
  /** 0 for a directory. */
  bytes: number;
}

const path = "/api/2.0/mlflow-artifacts/artifacts";

/**
 * Files of runs and logged models, through the tracking server. An artifact URI is taken as MLflow gives it
 * (`mlflow-artifacts:/1/<run>/artifacts`); paths in it have `/` between folders.
 *
 * @throws MlflowError `UNSUPPORTED_ARTIFACT_URI`, `UNSAFE_ARTIFACT_PATH`
 */
export class Artifacts {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** @param content a string is written as UTF-8 */
  async upload(artifactUri: string, file: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    await this.#transport.bytes({ method: "PUT", path: requestPath("PUT", artifactUri, file), body: { bytes }, repeatable: true });
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` where there is no such file */
  async download(artifactUri: string, file: string): Promise<Uint8Array> {
    const request = { method: "GET", path: requestPath("GET", artifactUri, file), repeatable: true } as const;
    try {
      return await this.#transport.bytes(request);
    } catch (error) {
      // What MLflow answers for a missing file depends on its store, 500 for S3: only the folder tells.
      if (!(error instanceof MlflowError) || error.status === undefined || (await this.#isThere(artifactUri, file))) throw error;
      const message = `${artifactUri} holds no file ${file}`;
      throw new MlflowError({ status: 404, code: "RESOURCE_DOES_NOT_EXIST", message, method: "GET", path: request.path, cause: error });
    }
  }

  /** Files and folders directly in the given folder; nothing where it does not exist. */
  async *list(artifactUri: string, folder = ""): AsyncGenerator<ArtifactFile, void, undefined> {
    const root = segments("GET", artifactUri, folder).join("/");
    const answer = await this.#transport.get(path, { path: root });
    for (const file of answer.objects("files")) {
      yield {
        path: [...folder.split("/"), file.text("path")].filter(Boolean).join("/"),
        isDirectory: file.boolean("is_dir"),
        bytes: file.optionalNumber("file_size") ?? 0,
      };
    }
  }

  async #isThere(artifactUri: string, file: string): Promise<boolean> {
    const folder = file.split("/").slice(0, -1).join("/");
    for await (const entry of this.list(artifactUri, folder)) if (entry.path === file && !entry.isDirectory) return true;
    return false;
  }
}

function requestPath(method: string, artifactUri: string, file: string): string {
  return `${path}/${segments(method, artifactUri, file).map(encodeURIComponent).join("/")}`;
}

function segments(method: string, artifactUri: string, relative: string): string[] {
  const refuse = (code: string, message: string) => new MlflowError({ status: undefined, code, message, method, path });
  const [, root] = /^mlflow-artifacts:\/(?!\/)(.*)$/.exec(artifactUri) ?? [];
  if (root === undefined) {
    throw refuse("UNSUPPORTED_ARTIFACT_URI", `${artifactUri}: only mlflow-artifacts:/… goes through the tracking server`);
  }
  // The server decodes a path until it stays the same, and refuses "#" and "..".
  if (/%[0-9a-f]{2}|[#\\]|(^|\/)\.\.?(\/|$)/i.test(relative) || relative.startsWith("/")) {
    throw refuse(
      "UNSAFE_ARTIFACT_PATH",
      `artifact path "${relative}": no "#", "\\", "%" with two digits, "." or ".." folder, or leading "/"`,
    );
  }
  return [...root.split("/"), ...relative.split("/")].filter(Boolean);
}
