import { Command, createCommand } from "@commander-js/extra-typings";
import { type Context, openContext } from "./context.ts";

/** A command of `falconry`: parses, calls a room, prints. */
export function command(name: string, description: string) {
  return createCommand(name).description(description);
}

/** Text for the end of a command's help. */
export function example(line: string): string {
  return `\nExample:\n  ${line}`;
}

/** Opens the invocation's context for an action, and closes it when the action is over. */
export function inContext<Given extends unknown[]>(
  run: (context: Context, ...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const invoked = given.at(-1);
    if (!(invoked instanceof Command)) throw new TypeError("commander hands the command last");
    const context = openContext(invoked.optsWithGlobals()); // not `using`: Node 22 does not parse it
    try {
      await run(context, ...given);
    } finally {
      context[Symbol.dispose]();
    }
  };
}
