import { userInfo } from "node:os";
import type { Environment } from "@falconry/environment/environment.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import { delayedProgress } from "./delayed-progress.ts";

/** What every command of one invocation shares. */
export interface Context extends Disposable {
  /** Where progress goes: stderr, and only when the work takes more than a second. */
  readonly progress: Progress;
  /** Who is asking, for the audit trail. */
  readonly actor: string;
  /** Name of the environment that `--env` chose. */
  readonly environmentName: string;
  /** Opened when first asked for: `--help` and a usage error never touch the network. */
  environment(): Promise<Environment>;
  /** Prints the value as the one JSON document with `--json`, else as `render` shows it. */
  print<Value>(value: Value, render: (value: Value) => string): void;
}

interface GlobalOptions {
  json?: boolean;
  env?: string;
}

export function openContext(options: GlobalOptions): Context {
  const environmentName = options.env ?? "local";
  const progress = delayedProgress();
  const open = async () => {
    const { openEnvironment } = await import("@falconry/environment/environment.ts"); // only now: it loads the AWS SDK
    opened = await openEnvironment(environmentName);
    return opened;
  };
  let environment: Promise<Environment> | undefined;
  let opened: Environment | undefined;
  return {
    progress: progress.line,
    actor: userInfo().username,
    environmentName,
    environment() {
      environment ??= open();
      return environment;
    },
    print(value, render) {
      process.stdout.write(`${options.json ? JSON.stringify(value) : render(value)}\n`);
    },
    [Symbol.dispose]() {
      progress[Symbol.dispose]();
      opened?.[Symbol.dispose]();
    },
  };
}
