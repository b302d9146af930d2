import { Command, type CommandUnknownOpts, createCommand } from "@commander-js/extra-typings";
import { type CommonOptions, type Context, openContext } from "./context.ts";

/** A command of `falconry`: parses, calls a room, prints. Every one has `--json` and `--env`. */
export function command(name: string, description: string) {
  return createCommand(name)
    .description(description)
    .option("--json", "print one JSON document on stdout")
    .option("--env <environment>", "which environment; default local");
}

/** Text for the end of a command's help. */
export function example(line: string, ...more: string[]): string {
  return `\n${more.length === 0 ? "Example" : "Examples"}:\n  ${[line, ...more].join("\n  ")}`;
}

/** Opens the invocation's context for an action, and closes it when the action is over. */
export function inContext<Given extends unknown[]>(
  run: (context: Context, ...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const invoked = given.at(-1);
    if (!(invoked instanceof Command)) throw new TypeError("commander hands the command last");
    const context = openContext(commonOptions(invoked)); // not `using`: Node 22 does not parse it
    try {
      await run(context, ...given);
    } finally {
      context[Symbol.dispose]();
    }
  };
}

/** `--json` and `--env` may stand before the command's name as well as behind it; the nearer one counts. */
function commonOptions(command: Pick<CommandUnknownOpts, "opts" | "parent">): CommonOptions {
  const above = command.parent === null ? {} : commonOptions(command.parent);
  const { json = above.json, env = above.env } = command.opts() as CommonOptions;
  return { json, env };
}
