import { setTimeout as pause } from "node:timers/promises";
import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import { follow } from "../follow.ts";
import { exitCodeOf } from "../outcome.ts";
import { renderPromotion } from "../tables/promotion.ts";
import { wholeNumber } from "../whole-number.ts";

export const promote = command("promote", "Ask for a model version to go live, and see what the gates say")
  .argument("<workload>")
  .requiredOption("--version <number>", "the registered version", wholeNumber)
  .option("--again <reason>", "why a version that was rolled back from should go live once more")
  .option("--no-wait", "answer at once: the gates are run all the same")
  .addHelpText("after", example("falconry promote falcon --version 3"))
  .action(
    inContext(async (context, name, { version, again, wait }) => {
      const { name: workload } = await context.workload(name);
      const controlPlane = await controlPlaneOf(context);
      const asked = await controlPlane.promote(workload, version, again === undefined ? {} : { again });
      if (!wait) return context.print(asked, renderPromotion);
      context.progress(`${asked.promotion} is asked for; waiting for its gates`);
      const followed = await follow(controlPlane, workload, asked.promotion, ({ state }) => state !== "requested", { ...context, pause });
      context.print(followed.report, renderPromotion);
      process.exitCode = exitCodeOf(followed);
    }),
  );
