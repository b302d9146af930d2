import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { localCredentials, localRegionName } from "@falconry/environment/environment.ts";

const run = promisify(execFile);
const packages = ["dvc==3.67.1", "dvc-s3==3.3.0"];
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
  const python = join(await install(), "bin", "python");
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

async function install(): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "falconry", "peers");
  const environment = join(cache, packages.join("-").replaceAll("==", "-"));
  if (existsSync(environment)) return environment;
  process.stderr.write(`${packages.join(", ")} (PyPI) -> ${environment}\n`);
  const fresh = `${environment}.${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await run("python3", ["-m", "venv", fresh]);
  await run(join(fresh, "bin", "python"), ["-m", "pip", "install", "--quiet", ...packages], { maxBuffer: maxOutputBytes });
  await rename(fresh, environment);
  return environment;
}
