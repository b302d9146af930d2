import { spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { localRegionName } from "@falconry/environment/environment.ts";
import { readRegion, regionUrls } from "@falconry/environment/region.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { Example } from "./examples.ts";

export interface ExampleRun {
  exitCode: number | null;
  /** stdout, then stderr. */
  output: string;
}

/** The variables that examples find: the commands of the checkout on PATH, and where the region's services answer. */
export async function exampleVariables(regionFolder: string): Promise<NodeJS.ProcessEnv> {
  const region = await readRegion(regionFolder);
  if (region === undefined) throw new Error(`no region was ever started in ${regionFolder}`);
  const urls = regionUrls(region);
  const commands = [join(checkoutFolder, "node_modules", ".bin"), join(checkoutFolder, ".venv", "bin")];
  return {
    ...process.env,
    PATH: [...commands, process.env.PATH].join(":"),
    FALCONRY_DIRECTORY: regionFolder,
    MLFLOW_TRACKING_URI: urls.mlflow,
    MLFLOW_DISABLE_TELEMETRY: "true",
    AWS_ENDPOINT_URL: urls.aws,
    AWS_ENDPOINT_URL_SAGEMAKER: urls.sagemaker,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: urls.sagemaker,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: localRegionName,
    AWS_REGION: localRegionName,
  };
}

/** Runs an example of a README: `sh` and `py` in the checkout, `ts` as a file beside the README, so that its imports resolve. */
export async function runExample(readme: string, example: Example, variables: NodeJS.ProcessEnv): Promise<ExampleRun> {
  switch (example.language) {
    case "sh":
      return run("bash", ["-euo", "pipefail", "-c", example.code], variables);
    case "py":
      return run("python", ["-c", example.code], variables);
    case "ts": {
      const file = join(dirname(readme), `readme-example-line-${example.line}.ts`);
      await writeFile(file, example.code);
      try {
        return await run("node", ["--disable-warning=ExperimentalWarning", file], variables);
      } finally {
        await rm(file);
      }
    }
  }
}

async function run(command: string, args: string[], variables: NodeJS.ProcessEnv): Promise<ExampleRun> {
  const child = spawn(command, args, { cwd: checkoutFolder, env: variables, stdio: ["ignore", "pipe", "pipe"] });
  const exit = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { exitCode, output: `${stdout}\n${stderr}` };
}
