import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderRollback } from "../tables/rollback.ts";
import { wholeNumber } from "../whole-number.ts";

export const rollback = command("rollback", "Put the last good version back; no gates, nothing is deleted")
  .argument("<workload>")
  .option("--to <version>", "a version that was live before", wholeNumber)
  .requiredOption("--reason <text>", "for the audit trail")
  .addHelpText("after", example('falconry rollback falcon --reason "recall fell after 18:00"'))
  .action(
    inContext(async (context, name, { to, reason }) => {
      const workload = await context.workload(name);
      const registry = await registryOf(context);
      context.print(await registry.rollback(workload, { reason, ...(to !== undefined && { to }) }), renderRollback);
    }),
  );
