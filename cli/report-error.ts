import { CommanderError } from "@commander-js/extra-typings";
import { FalconryError } from "@falconry/environment/error.ts";
import { type ErrorCode, errorCatalogue } from "@falconry/environment/error-catalogue.ts";
import { printable } from "./tables/table.ts";

/**
 * Says what went wrong: two lines on stderr for a mistake, a stack trace for a bug, and with `--json` one document on stdout.
 *
 * @returns the exit code of design.md's command line
 */
export async function reportError(thrown: unknown, json: boolean): Promise<number> {
  if (thrown instanceof CommanderError) return reportUsage(thrown, json);
  const mistake = thrown instanceof FalconryError ? thrown : await asUnreachable(thrown);
  if (mistake === undefined) {
    process.stderr.write(printable(`falconry: this is a bug\n${thrown instanceof Error ? stackOf(thrown) : String(thrown)}\n`));
    if (json)
      printError("bug", thrown instanceof Error ? thrown.message : String(thrown), "Report it together with the stack trace on stderr");
    return errorCatalogue.bug.exit;
  }
  if (json) printError(mistake.code, mistake.message, mistake.hint);
  else process.stderr.write(printable(`falconry: ${mistake.message}  [${mistake.code}]\n          ${mistake.hint}\n`));
  return mistake.exitCode;
}

async function asUnreachable(thrown: unknown): Promise<FalconryError | undefined> {
  const { unreachable } = await import("@falconry/environment/unreachable.ts");
  return unreachable(thrown);
}

/** Commander has already written the text for people; help and version are no mistakes. */
function reportUsage(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return 0;
  const message = error.code === "commander.help" ? "a command is missing" : error.message.replace(/^error: /, "");
  if (json) printError("usage", message, "Run the command with --help");
  return errorCatalogue.usage.exit;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? error.cause.message}` : "";
  return `${error.stack ?? error.message}${cause}`;
}

function printError(code: ErrorCode, message: string, hint: string): void {
  process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
}
