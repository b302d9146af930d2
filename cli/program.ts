import { readFileSync } from "node:fs";
import { type CommandUnknownOpts, createCommand } from "@commander-js/extra-typings";
import { example } from "./command.ts";
import { approve } from "./commands/approve.ts";
import { audit } from "./commands/audit.ts";
import { datasets } from "./commands/datasets.ts";
import { history } from "./commands/history.ts";
import { ingest } from "./commands/ingest.ts";
import { local } from "./commands/local.ts";
import { models } from "./commands/models.ts";
import { predict } from "./commands/predict.ts";
import { promote } from "./commands/promote.ts";
import { reconcile } from "./commands/reconcile.ts";
import { reject } from "./commands/reject.ts";
import { rollback } from "./commands/rollback.ts";
import { status } from "./commands/status.ts";
import { train } from "./commands/train.ts";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string };

/** The command line as design.md lists it. Rooms are loaded by the actions, so that help and usage errors cost nothing. */
export const falconry = createCommand("falconry")
  .description("An ML platform in one repository: from raw records to a promoted endpoint, on AWS and on this machine")
  .version(version)
  .option("--env <environment>", "which environment", "local")
  .option("--json", "print one JSON document on stdout")
  .addHelpText("after", example("falconry local up && falconry ingest falcon && falconry train falcon"));

for (const command of [
  local,
  ingest,
  datasets,
  train,
  models,
  promote,
  approve,
  reject,
  rollback,
  status,
  history,
  audit,
  reconcile,
  predict,
]) {
  falconry.addCommand(command as CommandUnknownOpts);
}
raiseInsteadOfExiting(falconry as CommandUnknownOpts);

/** Commander ends the process on a usage error; the command line ends it itself, with its own exit codes. */
function raiseInsteadOfExiting(command: CommandUnknownOpts): void {
  command.exitOverride().configureHelp({ showGlobalOptions: true });
  for (const child of command.commands) raiseInsteadOfExiting(child);
}
