import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";

interface ErrorDocument {
  error: { code: string; message: string; hint: string };
}

/**
 * Runs the `falconry` command as a user would, in a process of its own, with `--json`.
 *
 * @param expected exit codes that the story goes on from
 * @param input what the command reads from stdin
 * @returns the document that the command printed
 * @throws Error with the command's own words when it ends in any other way
 */
export async function falconry<Document>(args: string[], { expected = [0], input = "" } = {}): Promise<Document> {
  const child = spawn(join(checkoutFolder, "cli", "falconry"), [...args, "--json"], {
    cwd: checkoutFolder,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {}).end(input);
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve)),
  ]);
  if (exitCode === null || !expected.includes(exitCode)) {
    throw new Error(`falconry ${args.join(" ")} ended with ${exitCode ?? "a signal"}: ${reason(stdout)}\n${stderr}`.trim());
  }
  return JSON.parse(stdout) as Document;
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

function reason(stdout: string): string {
  try {
    const { error } = JSON.parse(stdout) as ErrorDocument;
    return `${error.message} [${error.code}]. ${error.hint}`;
  } catch {
    return stdout;
  }
}
