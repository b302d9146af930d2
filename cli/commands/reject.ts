import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderPromotion } from "../tables/promotion.ts";

export const reject = command("reject", "Turn a promotion down")
  .argument("<promotion>", "as `falconry promote` printed it")
  .requiredOption("--reason <text>", "for the audit trail")
  .addHelpText("after", example('falconry reject falcon-1 --reason "trained on the wrong month"'))
  .action(
    inContext(async (context, promotion, { reason }) => {
      const registry = await registryOf(context);
      context.print(await registry.reject(promotion, reason), renderPromotion);
    }),
  );
