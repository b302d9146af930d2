import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderReconciled } from "../tables/reconcile.ts";

export const reconcile = command("reconcile", "Finish or repair what is in flight; safe at any time, twice, and after a crash")
  .argument("[workload]", "all of the environment's workloads when left out")
  .addHelpText("after", example("falconry reconcile falcon"))
  .action(
    inContext(async (context, name) => {
      const workload = name === undefined ? undefined : await context.workload(name);
      const registry = await registryOf(context);
      context.print(await registry.reconcile(workload), renderReconciled);
    }),
  );
