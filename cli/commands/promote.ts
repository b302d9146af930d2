import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderPromotion } from "../tables/promotion.ts";
import { wholeNumber } from "../whole-number.ts";

const refusedExitCode = 3;

export const promote = command("promote", "Ask for a model version to go live: runs the gates, then waits for approval")
  .argument("<workload>")
  .requiredOption("--version <number>", "the registered version", wholeNumber)
  .addHelpText("after", example("falconry promote falcon --version 3"))
  .action(
    inContext(async (context, name, { version }) => {
      const workload = await context.workload(name);
      const registry = await registryOf(context);
      const promotion = await registry.promote(workload, version);
      context.print(promotion, renderPromotion);
      if (promotion.gates.some((gate) => !gate.passed)) process.exitCode = refusedExitCode;
    }),
  );
