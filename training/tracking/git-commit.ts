import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The commit that a folder is checked out at; undefined where it is no git checkout, or there is no git. */
export async function gitCommit(folder: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("git", ["rev-parse", "HEAD"], { cwd: folder });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
