import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderHistory } from "../tables/history.ts";

export const history = command("history", "The audit trail of a workload's endpoint, oldest first")
  .argument("<workload>")
  .addHelpText("after", example("falconry history falcon --json"))
  .action(
    inContext(async (context, name) => {
      const workload = await context.workload(name);
      const registry = await registryOf(context);
      context.print(await registry.history(workload), renderHistory);
    }),
  );
