import { join } from "node:path";
import type { Progress } from "@falconry/environment/progress.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";
import { command, example, inContext } from "../command.ts";
import { renderIngest } from "../tables/ingest.ts";

export const ingest = command("ingest", "Turn raw records into a dataset version; what cannot be used goes to quarantine")
  .argument("<workload>", "a name, or the path of a workload's folder")
  .option(
    "--from <file>",
    "CSV of the declared columns (may be gzipped), the JSON that the workload reads, or the name of one of its collectors; default: its shipped table",
  )
  .addHelpText("after", example("falconry ingest falcon --from launches.json", "falconry ingest falcon --from spacex-api"))
  .action(
    inContext(async (context, name, { from }) => {
      const workload = await context.workload(name);
      const environment = await context.environment();
      const { ingest: read } = await import("@falconry/training/datasets/ingest.ts");
      const { progress } = context;
      const file = from !== undefined && isCollector(workload, from) ? await collected(workload, from, progress) : from;
      context.print(await read(environment, workload, { ...(file && { from: file }), progress }), renderIngest);
    }),
  );

function isCollector({ source }: LoadedWorkload, name: string): boolean {
  return Object.hasOwn(source.collectors ?? {}, name);
}

/** What has come stays in the region's folder: a collection that was cut short goes on there, and the next one asks only for what is new. */
async function collected(workload: LoadedWorkload, name: string, progress: Progress): Promise<string> {
  const { collect } = await import("@falconry/training/datasets/collect/collect.ts");
  return collect(workload, name, { folder: join(regionFolder(), "collected"), now: () => new Date(), progress });
}
