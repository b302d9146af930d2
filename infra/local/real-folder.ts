import { realpath } from "node:fs/promises";
import { resolve } from "node:path";

/** The one absolute path of a region's folder: a region that is reached through a link is the same region. */
export async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return resolve(folder);
    throw error;
  }
}
