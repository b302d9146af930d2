import { fork } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { EngineReport } from "./apply/emulator-engine.ts";
import type { ApplyRequest, ChildMessage } from "./apply/messages.ts";

const child = join(import.meta.dirname, "apply", "child.ts");

export interface ApplyOptions extends Omit<ApplyRequest, "program" | "project" | "stack"> {
  /** Path of the program. @default infra/index.ts */
  program?: string;
  progress: Progress;
}

/**
 * Applies the Pulumi program to the emulator, in a child process of its own; Pulumi is loaded nowhere else.
 *
 * @throws FalconryError `local.not-emulated`, `local.duplicate-resource`, `local.replacement-refused`, `local.apply-failed`. What was created before a
 *   failure is recorded: the next run goes on from there
 */
export async function applyProgram({
  program = join(checkoutFolder, "infra", "index.ts"),
  progress,
  ...request
}: ApplyOptions): Promise<EngineReport> {
  progress("applying the Pulumi program");
  const answer = await ask({ ...request, program: pathToFileURL(program).href, project: "falconry", stack: "local" });
  if (answer.type === "done") {
    const { created, updated, unchanged, orphans } = answer.report;
    progress(`resources: ${created.length} created, ${updated.length} updated, ${unchanged} unchanged`);
    for (const urn of orphans) progress(`left alone, though the program no longer declares it: ${urn}`);
    return answer.report;
  }
  if (answer.type === "refused") throw new FalconryError(answer.code, answer);
  throw new Error(`the Pulumi program could not be applied: ${answer.message}`);
}

function ask(request: ApplyRequest): Promise<ChildMessage> {
  return new Promise((resolve, reject) => {
    const running = fork(child, { execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] });
    const said: string[] = [];
    running.stdout?.on("data", (text) => said.push(String(text)));
    running.stderr?.on("data", (text) => said.push(String(text)));
    running.once("error", reject);
    running.once("exit", (code, signal) =>
      reject(new Error(`applying the Pulumi program ended with ${signal ?? `code ${code}`}\n${said.join("")}`)),
    );
    running.once("message", (message: ChildMessage) => resolve(message));
    running.send(request);
  });
}
