import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderModels } from "../tables/models.ts";

export const models = command("models", "Versions of a workload's model: metrics, gates, where each one serves")
  .argument("<workload>")
  .addHelpText("after", example("falconry models falcon"))
  .action(
    inContext(async (context, name) => {
      const { name: workload, metric } = await context.workload(name);
      const registry = await registryOf(context);
      context.progress(`reading the versions of ${workload}`);
      context.print(await registry.models(workload), (found) => renderModels(found, metric));
    }),
  );
