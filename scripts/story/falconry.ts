import { runFalconry } from "@falconry/cli/run-falconry.ts";

interface ErrorDocument {
  error: { code: string; message: string; hint: string };
}

/**
 * Runs the `falconry` command with `--json`.
 *
 * @param expected exit codes that the story goes on from
 * @param input what the command reads from stdin
 * @returns the document that the command printed
 * @throws Error with the command's own words when it ends in any other way
 */
export async function falconry<Document>(args: string[], { expected = [0], input = "" } = {}): Promise<Document> {
  const { exitCode, stdout, stderr } = await runFalconry([...args, "--json"], { input });
  if (exitCode === null || !expected.includes(exitCode)) {
    throw new Error(`falconry ${args.join(" ")} ended with ${exitCode ?? "a signal"}: ${reason(stdout)}\n${stderr}`.trim());
  }
  return JSON.parse(stdout) as Document;
}

function reason(stdout: string): string {
  try {
    const { error } = JSON.parse(stdout) as ErrorDocument;
    return `${error.message} [${error.code}]. ${error.hint}`;
  } catch {
    return stdout;
  }
}
