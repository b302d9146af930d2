import { execFile } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { localCredentials, localRegionName } from "@falconry/environment/environment.ts";
import { peersPython } from "./peers.ts";

const run = promisify(execFile);
const maxOutputBytes = 64 * 2 ** 20;

/** DVC with a remote in a bucket. One command of ours is two of its: `add` hashes into its cache on this machine, `push` sends. */
export interface Dvc {
  /** Makes a repository around an empty folder. @returns where data goes */
  init(repository: string, bucket: string): Promise<string>;
  commit(repository: string): Promise<void>;
  /** What a colleague with nothing but the repository's own files does. */
  get(repository: string, into: string): Promise<void>;
}

/** In a Python environment of its own, which is made the first time. */
export async function installedDvc(endpoint: string): Promise<Dvc> {
  const python = await peersPython("dvc-requirements.txt");
  const variables = {
    ...process.env,
    DVC_NO_ANALYTICS: "1",
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_DEFAULT_REGION: localRegionName,
  };
  const dvc = async (cwd: string, ...args: string[]): Promise<void> => {
    await run(python, ["-m", "dvc", ...args], { cwd, env: variables, maxBuffer: maxOutputBytes });
  };
  return {
    async init(repository, bucket) {
      await mkdir(join(repository, "data"), { recursive: true });
      await dvc(repository, "init", "--no-scm", "--quiet");
      await dvc(repository, "remote", "add", "--default", "region", `s3://${bucket}/dvc`);
      await dvc(repository, "remote", "modify", "region", "endpointurl", endpoint);
      return join(repository, "data");
    },
    async commit(repository) {
      await dvc(repository, "add", "--quiet", "data");
      await dvc(repository, "push", "--quiet");
    },
    async get(repository, into) {
      await mkdir(join(into, ".dvc"), { recursive: true });
      await cp(join(repository, ".dvc", "config"), join(into, ".dvc", "config"));
      await cp(join(repository, "data.dvc"), join(into, "data.dvc"));
      await dvc(into, "pull", "--quiet");
    },
  };
}
