import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderAudit } from "../tables/audit.ts";

const verify = command("verify", "Recompute the ledger's hash chain and compare it with its write-once witnesses")
  .argument("[workload]", "all of the environment's workloads when left out")
  .addHelpText("after", example("falconry audit verify falcon"))
  .action(
    inContext(async (context, name) => {
      const workload = name === undefined ? undefined : await context.workload(name);
      const registry = await registryOf(context);
      context.print(await registry.verifyAudit(workload), renderAudit);
    }),
  );

export const audit = command("audit", "The ledger's integrity").addCommand(verify).addHelpText("after", example("falconry audit verify"));
