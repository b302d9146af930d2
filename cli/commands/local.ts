import { FalconryError } from "@falconry/environment/error.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { command, example, inContext } from "../command.ts";
import type { Context } from "../context.ts";
import { renderLogs, renderRegion, renderStopped } from "../tables/region.ts";
import { wholeNumber } from "../whole-number.ts";

const up = command("up", "Start the region on this machine, or repair what died; running it again changes nothing")
  .addHelpText("after", example("falconry local up"))
  .action(
    inContext(async (context) => {
      const { up: start } = await import("@falconry/infra/local/up.ts");
      context.print(await start({ folder: folderOf(context), progress: context.progress }), renderRegion);
    }),
  );

const down = command("down", "Stop the region; its state stays")
  .addHelpText("after", example("falconry local down"))
  .action(
    inContext(async (context) => {
      const { down: stop } = await import("@falconry/infra/local/down.ts");
      context.print(await stop({ folder: folderOf(context), progress: context.progress }), renderStopped);
    }),
  );

const status = command("status", "Say which services run, and where")
  .addHelpText("after", example("falconry local status --json"))
  .action(
    inContext(async (context) => {
      const { status: look } = await import("@falconry/infra/local/status.ts");
      context.print(await look({ folder: folderOf(context) }), renderRegion);
    }),
  );

const logs = command("logs", "Show the end of the services' logs")
  .argument("[service]", "ministack, mlflow, endpoint-host or control-plane; all when left out")
  .option("--lines <count>", "how many lines of each", wholeNumber, 40)
  .addHelpText("after", example("falconry local logs mlflow --lines 100"))
  .action(
    inContext(async (context, service, { lines }) => {
      const { logs: read } = await import("@falconry/infra/local/logs.ts");
      context.print(await read({ folder: folderOf(context), service, lines }), renderLogs);
    }),
  );

export const local = command("local", "The region on this machine")
  .addCommand(up)
  .addCommand(down)
  .addCommand(status)
  .addCommand(logs)
  .addHelpText("after", example("falconry local up"));

/** @throws FalconryError `local.other-environment`, `environment.region-folder` */
function folderOf({ environmentName }: Context): string {
  if (environmentName === "local") return regionFolder();
  throw new FalconryError("local.other-environment", {
    message: `falconry local is about the region on this machine, and --env names ${JSON.stringify(environmentName)}`,
    hint: "Leave --env out; an environment of AWS is stood up with: pulumi up",
  });
}
