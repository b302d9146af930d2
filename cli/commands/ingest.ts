import { command, example, inContext } from "../command.ts";
import { renderIngest } from "../tables/ingest.ts";

export const ingest = command("ingest", "Turn raw records into a dataset version; what cannot be used goes to quarantine")
  .argument("<workload>", "a name, or the path of a workload's folder")
  .option("--from <file>", "CSV of the declared columns (may be gzipped) or the JSON that the workload reads; default: its shipped table")
  .addHelpText("after", example("falconry ingest falcon --from launches.json"))
  .action(
    inContext(async (context, name, { from }) => {
      const workload = await context.workload(name);
      const environment = await context.environment();
      const { ingest: read } = await import("@falconry/training/datasets/ingest.ts");
      context.print(await read(environment, workload, { ...(from && { from }), progress: context.progress }), renderIngest);
    }),
  );
