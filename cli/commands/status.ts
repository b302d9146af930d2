import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import { renderStatus } from "../tables/status.ts";

export const status = command("status", "Champion, challenger and canary; do registry, endpoint and ledger agree?")
  .argument("[workload]", "all of the environment's workloads when left out")
  .addHelpText("after", example("falconry status falcon"))
  .action(
    inContext(async (context, name) => {
      const workload = name === undefined ? undefined : (await context.workload(name)).name;
      const controlPlane = await controlPlaneOf(context);
      context.progress("asking the control plane how registry, endpoint and ledger stand");
      context.print(await controlPlane.status(workload), renderStatus);
    }),
  );
