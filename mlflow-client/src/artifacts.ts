import { createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { segments } from "./artifact-path.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { MlflowError } from "./error.ts";
import { inParallel } from "./in-parallel.ts";
import { watched } from "./watched.ts";

export interface ArtifactFile {
  /** Relative to the artifact URI. */
  path: string;
  isDirectory: boolean;
  /** 0 for a directory. */
  bytes: number;
}

export interface FolderOptions {
  /**
   * Passes over files that are there already with the same size: for what never changes, after an interruption.
   * @default false
   */
  resume?: boolean;
  /**
   * Files at once.
   * @default 8
   */
  parallel?: number;
}

/** The store of an artifact URI, and where in it the URI points. @throws MlflowError `UNSUPPORTED_ARTIFACT_URI` */
export type StoreOf = (method: string, artifactUri: string) => { store: ArtifactStore; root: readonly string[] };

/**
 * Files of runs and logged models: through the tracking server, or in S3 where it leaves them to its clients. An artifact URI is taken as
 * MLflow gives it (`mlflow-artifacts:/1/<run>/artifacts`, `s3://…`); paths in it have `/` between folders.
 *
 * @throws MlflowError `UNSUPPORTED_ARTIFACT_URI`, `UNSAFE_ARTIFACT_PATH`
 */
export class Artifacts {
  readonly #storeOf: StoreOf;

  constructor(storeOf: StoreOf) {
    this.#storeOf = storeOf;
  }

  /** @param content a string is written as UTF-8 */
  async upload(artifactUri: string, file: string, content: Uint8Array | string): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
    const { store, path } = this.#located("PUT", artifactUri, file);
    await store.put(path, { bytes });
  }

  /** A file of any size, as a stream or in parts. */
  async uploadFile(artifactUri: string, file: string, localFile: string): Promise<void> {
    const { store, path } = this.#located("PUT", artifactUri, file);
    await store.put(path, { file: localFile, size: (await stat(localFile)).size });
  }

  /**
   * Every file below a folder of this machine.
   *
   * @param folder where to: "" is the artifact URI itself
   * @returns the paths that were uploaded
   */
  async uploadFolder(artifactUri: string, folder: string, localFolder: string, options: FolderOptions = {}): Promise<string[]> {
    const { resume = false, parallel = 8 } = options;
    const files = (await filesBelow(localFolder)).map((localFile) => {
      return { localFile, file: joined(folder, relative(localFolder, localFile).split(sep).join("/")) };
    });
    // a name that cannot be used is refused before anything has gone
    for (const { file } of files) this.#located("PUT", artifactUri, file);
    const there = resume ? await this.#sizes(artifactUri, folder) : new Map<string, number>();
    const uploaded = await inParallel(files, parallel, async ({ localFile, file }) => {
      if (resume && there.get(file) === (await stat(localFile)).size) return [];
      await this.uploadFile(artifactUri, file, localFile);
      return [file];
    });
    return uploaded.flat();
  }

  /** @throws MlflowError `RESOURCE_DOES_NOT_EXIST` where there is no such file */
  async download(artifactUri: string, file: string): Promise<Uint8Array> {
    const bytes = await this.#fetch(artifactUri, file, async (response) => new Uint8Array(await response.arrayBuffer()));
    if (bytes.length === 0) await this.#requireFile(artifactUri, file);
    return bytes;
  }

  /** Into a file, however large; it stands under its name when it is whole. @throws MlflowError `RESOURCE_DOES_NOT_EXIST` */
  async downloadFile(artifactUri: string, file: string, localFile: string): Promise<void> {
    this.#located("GET", artifactUri, file);
    const unfinished = `${localFile}.part`;
    await mkdir(dirname(localFile), { recursive: true });
    try {
      await this.#fetch(artifactUri, file, async (response, moved) => {
        await pipeline(watched(response.body ?? Readable.from([]), moved), createWriteStream(unfinished));
      });
      if ((await stat(unfinished)).size === 0) await this.#requireFile(artifactUri, file);
      await rename(unfinished, localFile);
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /**
   * Every file below a folder.
   *
   * @param folder "" is the artifact URI itself
   * @returns the paths that were downloaded
   */
  async downloadFolder(artifactUri: string, folder: string, localFolder: string, options: FolderOptions = {}): Promise<string[]> {
    const { resume = false, parallel = 8 } = options;
    const files: ArtifactFile[] = [];
    for await (const file of this.walk(artifactUri, folder)) files.push(file);
    const downloaded = await inParallel(files, parallel, async (file) => {
      const localFile = join(localFolder, ...file.path.slice(joined(folder).length).split("/").filter(Boolean));
      if (resume && existsSync(localFile) && (await stat(localFile)).size === file.bytes) return [];
      await this.downloadFile(artifactUri, file.path, localFile);
      return [file.path];
    });
    return downloaded.flat();
  }

  /** Files and folders directly in the given folder; nothing where it does not exist. */
  async *list(artifactUri: string, folder = ""): AsyncGenerator<ArtifactFile, void, undefined> {
    const { store, path } = this.#located("GET", artifactUri, folder);
    for await (const { name, ...entry } of store.list(path)) yield { path: joined(folder, name), ...entry };
  }

  /** Files in the given folder and below, without the folders. */
  async *walk(artifactUri: string, folder = ""): AsyncGenerator<ArtifactFile, void, undefined> {
    for await (const entry of this.list(artifactUri, folder)) {
      if (entry.isDirectory) yield* this.walk(artifactUri, entry.path);
      else yield entry;
    }
  }

  /** A file, or a folder with what is in it; what is not there is as good as deleted. */
  async delete(artifactUri: string, file: string): Promise<void> {
    const { store, path } = this.#located("DELETE", artifactUri, file);
    await store.delete(path);
  }

  #located(method: string, artifactUri: string, file: string): { store: ArtifactStore; path: string[] } {
    const { store, root } = this.#storeOf(method, artifactUri);
    return { store, path: [...root, ...segments(method, file)] };
  }

  async #fetch<T>(artifactUri: string, file: string, read: (response: Response, moved: () => void) => Promise<T>): Promise<T> {
    const { store, path } = this.#located("GET", artifactUri, file);
    try {
      return await store.get(path, read);
    } catch (error) {
      // What is answered for a missing file depends on the store, 500 for MLflow's on S3: only the folder tells.
      if (!(error instanceof MlflowError) || error.status === undefined) throw error;
      await this.#requireFile(artifactUri, file, error);
      throw error;
    }
  }

  /** MLflow's server also answers with nothing, as for an empty file, where a folder has the name. */
  async #requireFile(artifactUri: string, file: string, cause?: unknown): Promise<void> {
    if (await this.#isThere(artifactUri, file)) return;
    const message = `${artifactUri} holds no file ${file}`;
    throw new MlflowError({ status: 404, code: "RESOURCE_DOES_NOT_EXIST", message, method: "GET", path: file, cause });
  }

  async #isThere(artifactUri: string, file: string): Promise<boolean> {
    const folder = file.split("/").slice(0, -1).join("/");
    for await (const entry of this.list(artifactUri, folder)) if (entry.path === file && !entry.isDirectory) return true;
    return false;
  }

  async #sizes(artifactUri: string, folder: string): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for await (const file of this.walk(artifactUri, folder)) sizes.set(file.path, file.bytes);
    return sizes;
  }
}

/** In order, and with links to files; links to folders may lead in circles, and are left out as Python's client does. */
async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() || (entry.isSymbolicLink() && (await stat(file)).isFile())) files.push(file);
  }
  return files.sort();
}

function joined(...parts: string[]): string {
  return parts
    .flatMap((part) => part.split("/"))
    .filter(Boolean)
    .join("/");
}
