import { setTimeout as pause } from "node:timers/promises";
import { entry } from "@falconry/registry/account/entry.ts";
import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import type { Following } from "../follow.ts";
import { exitCodeOf } from "../outcome.ts";
import { renderWatched } from "../tables/watch.ts";
import { watch as watchInFlight, watchOne } from "../watch.ts";

const interruptedExitCode = 130;

export const watch = command("watch", "Follow what is in flight to its end, event by event; looking on carries it on")
  .argument("<workload>")
  .option("--promotion <id>", "this promotion, rollback or repair, though it may have ended; default: what is in flight")
  .addHelpText("after", example("falconry watch falcon"))
  .action(
    inContext(async (context, name, { promotion }) => {
      const { name: workload } = await context.workload(name);
      const controlPlane = await controlPlaneOf(context);
      process.once("SIGINT", () => {
        process.stderr.write(`\nNobody watches any more, and it goes on all the same. Look again with: falconry watch ${workload}\n`);
        process.exit(interruptedExitCode);
      });
      context.progress(`following what is in flight on ${workload}; Ctrl-C stops nothing but this`);
      const { progress } = context;
      const following: Following = { pause, progress, onEvent: (event, before) => context.tell(entry(event, before)) };
      const watched =
        promotion === undefined
          ? await watchInFlight(controlPlane, workload, following)
          : await watchOne(controlPlane, workload, promotion, following);
      context.print(watched ?? { workload, outcome: "done", report: null, events: [] }, renderWatched);
      if (watched !== undefined) process.exitCode = exitCodeOf(watched);
    }),
  );
