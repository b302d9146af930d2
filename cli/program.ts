import { readFileSync } from "node:fs";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { command, example } from "./command.ts";
import { approve } from "./commands/approve.ts";
import { audit } from "./commands/audit.ts";
import { datasets } from "./commands/datasets.ts";
import { history } from "./commands/history.ts";
import { ingest } from "./commands/ingest.ts";
import { local } from "./commands/local.ts";
import { login } from "./commands/login.ts";
import { logout } from "./commands/logout.ts";
import { models } from "./commands/models.ts";
import { newWorkload } from "./commands/new.ts";
import { predict } from "./commands/predict.ts";
import { promote } from "./commands/promote.ts";
import { reconcile } from "./commands/reconcile.ts";
import { reject } from "./commands/reject.ts";
import { rollback } from "./commands/rollback.ts";
import { runs } from "./commands/runs.ts";
import { status } from "./commands/status.ts";
import { train } from "./commands/train.ts";
import { watch } from "./commands/watch.ts";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string };

/** The command line as design.md lists it. Rooms are loaded by the actions, so that help and usage errors cost nothing. */
export const falconry = command(
  "falconry",
  "An ML platform in one repository: from raw records to a promoted endpoint, on AWS and on this machine",
)
  .version(version)
  // `falconry --version` and `falconry promote falcon --version 3` are two different options.
  .enablePositionalOptions()
  .addHelpText("after", example("falconry local up && falconry ingest falcon && falconry train falcon"));

for (const room of [
  local,
  login,
  logout,
  newWorkload,
  ingest,
  datasets,
  train,
  models,
  runs,
  promote,
  approve,
  reject,
  watch,
  rollback,
  status,
  history,
  audit,
  reconcile,
  predict,
]) {
  falconry.addCommand(room as CommandUnknownOpts);
}
raiseInsteadOfExiting(falconry as CommandUnknownOpts);

/** Commander ends the process on a usage error; the command line ends it itself, with its own exit codes. */
function raiseInsteadOfExiting(command: CommandUnknownOpts): void {
  command.exitOverride();
  for (const child of command.commands) raiseInsteadOfExiting(child);
}
