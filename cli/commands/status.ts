import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderStatus } from "../tables/status.ts";

export const status = command("status", "Champion, challenger and health; do registry, endpoint and ledger agree?")
  .argument("[workload]", "all of the environment's workloads when left out")
  .addHelpText("after", example("falconry status falcon"))
  .action(
    inContext(async (context, name) => {
      const workload = name === undefined ? undefined : await context.workload(name);
      const registry = await registryOf(context);
      context.print(await registry.status(workload), renderStatus);
    }),
  );
