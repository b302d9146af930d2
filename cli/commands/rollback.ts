import { setTimeout as pause } from "node:timers/promises";
import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import { rollBack } from "../roll-back.ts";
import { renderRollback } from "../tables/rollback.ts";
import { wholeNumber } from "../whole-number.ts";

export const rollback = command("rollback", "Put the last good version back, from any state; no gates, nothing is deleted")
  .argument("<workload>")
  .option("--to <version>", "a version that was live before", wholeNumber)
  .requiredOption("--reason <text>", "for the audit trail")
  .addHelpText("after", example('falconry rollback falcon --reason "recall fell after 18:00"'))
  .action(
    inContext(async (context, name, { to, reason }) => {
      const { name: workload } = await context.workload(name);
      const controlPlane = await controlPlaneOf(context);
      const how = { reason, ...(to !== undefined && { to }) };
      context.print(await rollBack(controlPlane, workload, how, { ...context, pause }), renderRollback);
    }),
  );
