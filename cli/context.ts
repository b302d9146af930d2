import { userInfo } from "node:os";
import type { Environment } from "@falconry/environment/environment.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { delayedProgress } from "./delayed-progress.ts";
import { printable } from "./tables/table.ts";

/** What every command of one invocation shares. */
export interface Context extends Disposable {
  /** Where progress goes: stderr, and only when the work takes more than a second. */
  readonly progress: Progress;
  /** Who is asking, for the audit trail. */
  readonly actor: string;
  now(): Date;
  /** Name of the environment that `--env` chose. */
  readonly environmentName: string;
  /** Opened when first asked for: `--help` and a usage error never touch the network. */
  environment(): Promise<Environment>;
  /** The declaration of a workload, by its name or its folder's path. */
  workload(nameOrPath: string): Promise<LoadedWorkload>;
  /** Shows lines of an account as it happens: to people on stdout, with `--json` as progress. */
  tell(lines: string[]): void;
  /** Prints the value as the one JSON document with `--json`, else as `render` shows it. */
  print<Value>(value: Value, render: (value: Value) => string): void;
}

/** Options that every command has. */
export interface CommonOptions {
  json?: true | undefined;
  env?: string | undefined;
}

export function openContext(options: CommonOptions): Context {
  const environmentName = options.env ?? "local";
  const progress = delayedProgress();
  let environment: Promise<Environment> | undefined;
  let opened: Environment | undefined;
  const open = async () => {
    const { openEnvironment } = await import("@falconry/environment/environment.ts"); // only now: it loads the AWS SDK
    opened = await openEnvironment(environmentName);
    return opened;
  };
  return {
    progress: progress.line,
    actor: userInfo().username,
    now: () => new Date(),
    environmentName,
    environment() {
      environment ??= open();
      return environment;
    },
    async workload(nameOrPath) {
      const { loadWorkload } = await import("@falconry/model/load-workload.ts");
      return loadWorkload(nameOrPath);
    },
    tell(lines) {
      const text = lines.map(printable).join("\n");
      if (options.json) progress.line(text);
      else process.stdout.write(`${text}\n`);
    },
    print(value, render) {
      const text = options.json ? JSON.stringify(value) : render(value);
      if (text !== "") process.stdout.write(`${text}\n`);
    },
    [Symbol.dispose]() {
      progress[Symbol.dispose]();
      opened?.[Symbol.dispose]();
    },
  };
}
