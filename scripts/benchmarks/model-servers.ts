import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import getPort from "get-port";

const patienceSeconds = 120;
const pollMilliseconds = 250;

/** A server of one model on this machine, ready for requests. */
export interface ModelServer {
  name: string;
  url: string;
  /** Ends the server with all its processes. */
  stop(): void;
}

/** The inference container's own program. */
export async function serveWithFalconry(modelFolder: string): Promise<ModelServer> {
  const program = join(checkoutFolder, "serving", "container", "main.ts");
  const port = await getPort();
  return start("falconry", port, process.execPath, ["--disable-warning=ExperimentalWarning", program], {
    SAGEMAKER_BIND_TO_PORT: String(port),
    SM_MODEL_DIR: modelFolder,
  });
}

export async function serveWithMlflow(modelFolder: string): Promise<ModelServer> {
  const commands = join(checkoutFolder, ".venv", "bin");
  const port = await getPort();
  const args = ["models", "serve", "--model-uri", modelFolder, "--host", "127.0.0.1", "--port", String(port), "--env-manager", "local"];
  return start("mlflow models serve", port, join(commands, "mlflow"), args, {
    PATH: `${commands}:${process.env.PATH}`,
    MLFLOW_DISABLE_TELEMETRY: "true",
  });
}

async function start(name: string, port: number, command: string, args: string[], variables: NodeJS.ProcessEnv): Promise<ModelServer> {
  // A group of its own: mlflow's children outlive it otherwise.
  const server = spawn(command, args, { env: { ...process.env, ...variables }, stdio: "ignore", detached: true });
  const stop = () => {
    if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, "SIGKILL");
  };
  const url = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + patienceSeconds * 1000; Date.now() < deadline && server.exitCode === null; ) {
    const answer = await fetch(`${url}/ping`).catch(() => undefined);
    if (answer?.ok) return { name, url, stop };
    await pause(pollMilliseconds);
  }
  stop();
  throw new Error(`${name} did not come up on ${url}`);
}
