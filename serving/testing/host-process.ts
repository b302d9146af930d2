import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const program = join(import.meta.dirname, "../endpoint-host/main.ts");

export interface HostProcess {
  process: ChildProcess;
  url: string;
}

/** A host as `falconry local up` starts one. @throws Error with what it says on stderr, where it ends before it is ready */
export async function spawnHost(directory: string, awsEndpointUrl: string): Promise<HostProcess> {
  const flags = ["--port", "0", "--directory", directory, "--aws-endpoint-url", awsEndpointUrl];
  const child = spawn(process.execPath, [program, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  const complaints: string[] = [];
  child.stderr.on("data", (chunk) => complaints.push(String(chunk)));
  for await (const line of createInterface(child.stdout)) {
    const { url }: { url: string } = JSON.parse(line);
    return { process: child, url };
  }
  throw new Error(complaints.join(""));
}
