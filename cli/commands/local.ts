import { regionFolder } from "@falconry/environment/region-folder.ts";
import { command, example, inContext } from "../command.ts";
import { renderLogs, renderRegion, renderStopped } from "../tables/region.ts";
import { wholeNumber } from "../whole-number.ts";

const up = command("up", "Start the region on this machine, or repair what died; running it again changes nothing")
  .addHelpText("after", example("falconry local up"))
  .action(
    inContext(async (context) => {
      const { up: start } = await import("@falconry/infra/local/up.ts");
      context.print(await start({ folder: regionFolder(), progress: context.progress }), renderRegion);
    }),
  );

const down = command("down", "Stop the region; its state stays")
  .addHelpText("after", example("falconry local down"))
  .action(
    inContext(async (context) => {
      const { down: stop } = await import("@falconry/infra/local/down.ts");
      context.print(await stop({ folder: regionFolder(), progress: context.progress }), renderStopped);
    }),
  );

const status = command("status", "Say which services run, and where")
  .addHelpText("after", example("falconry local status --json"))
  .action(
    inContext(async (context) => {
      const { status: look } = await import("@falconry/infra/local/status.ts");
      context.print(await look({ folder: regionFolder() }), renderRegion);
    }),
  );

const logs = command("logs", "Show the end of the services' logs")
  .argument("[service]", "ministack, mlflow or endpoint-host; all when left out")
  .option("--lines <count>", "how many lines of each", wholeNumber, 40)
  .addHelpText("after", example("falconry local logs mlflow --lines 100"))
  .action(
    inContext(async (context, service, { lines }) => {
      const { logs: read } = await import("@falconry/infra/local/logs.ts");
      context.print(await read({ folder: regionFolder(), service, lines }), renderLogs);
    }),
  );

export const local = command("local", "The region on this machine")
  .addCommand(up)
  .addCommand(down)
  .addCommand(status)
  .addCommand(logs)
  .addHelpText("after", example("falconry local up"));
