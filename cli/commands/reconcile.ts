import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import { renderReconciled } from "../tables/reconcile.ts";

export const reconcile = command(
  "reconcile",
  "Carry on what is in flight and repair what is ours; safe at any time, twice, and after a crash",
)
  .argument("[workload]", "all of the environment's workloads when left out")
  .addHelpText("after", example("falconry reconcile falcon"))
  .action(
    inContext(async (context, name) => {
      const workload = name === undefined ? undefined : (await context.workload(name)).name;
      const controlPlane = await controlPlaneOf(context);
      context.progress("asking the control plane how far it comes in one pass");
      context.print(await controlPlane.reconcile(workload), renderReconciled);
    }),
  );
