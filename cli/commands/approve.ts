import { command, example, inContext } from "../command.ts";
import { registryOf } from "../registry.ts";
import { renderPromotion } from "../tables/promotion.ts";

export const approve = command("approve", "Approve a promotion whose gates passed; it is deployed, probed and live before success is said")
  .argument("<promotion>", "as `falconry promote` printed it")
  .requiredOption("--reason <text>", "for the audit trail")
  .addHelpText("after", example('falconry approve falcon-1 --reason "better on the same rows"'))
  .action(
    inContext(async (context, promotion, { reason }) => {
      const registry = await registryOf(context);
      context.print(await registry.approve(promotion, reason), renderPromotion);
    }),
  );
