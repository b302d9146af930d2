import { command, example, inContext } from "../command.ts";
import { renderPredictions } from "../tables/predictions.ts";

export const predict = command("predict", "Ask the live endpoint; every answer names its model version, run and dataset")
  .argument("<workload>")
  .requiredOption("--input <file>", "CSV or JSON of the model's columns; - reads stdin")
  .addHelpText("after", example("falconry predict falcon --input rows.csv"))
  .action(
    inContext(async (context, name, { input }) => {
      const workload = await context.workload(name);
      const environment = await context.environment();
      const { readRows } = await import("@falconry/serving/read-rows.ts");
      const { endpointOf } = await import("@falconry/environment/descriptor.ts");
      const { predict: ask } = await import("@falconry/serving/predict.ts");
      const rows = await readRows(input);
      context.progress(`asking the endpoint about ${rows.rows} rows`);
      context.print(await ask(environment, endpointOf(environment.descriptor, workload.name).name, rows), renderPredictions);
    }),
  );
