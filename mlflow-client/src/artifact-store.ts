import type { LocalFile } from "./request.ts";

export interface StoredEntry {
  name: string;
  isDirectory: boolean;
  /** 0 for a directory. */
  bytes: number;
}

/** Where files are kept. A path is the folders and the name below the store's root. */
export interface ArtifactStore {
  put(path: readonly string[], body: { bytes: Uint8Array } | LocalFile): Promise<void>;

  /**
   * @param read takes the file in, however large: it calls `moved` while bytes come, and again from the start where a try fails
   * @throws MlflowError with a status where there is no such file, which one depends on the store
   */
  get<T>(path: readonly string[], read: (response: Response, moved: () => void) => Promise<T>): Promise<T>;

  /** What is directly in a folder; nothing where it does not exist. */
  list(path: readonly string[]): AsyncIterable<StoredEntry>;

  /** A file, or a folder with what is in it; what is not there is as good as deleted. */
  delete(path: readonly string[]): Promise<void>;
}
