import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import { renderState } from "../tables/promotion.ts";

export const reject = command("reject", "Turn a promotion down that was not deployed yet; whoever asked for it takes it back this way")
  .argument("<promotion>", "as `falconry promote` printed it")
  .requiredOption("--reason <text>", "for the audit trail")
  .addHelpText("after", example('falconry reject falcon-1 --reason "trained on the wrong month"'))
  .action(
    inContext(async (context, promotion, { reason }) => {
      const controlPlane = await controlPlaneOf(context);
      context.print(await controlPlane.reject(promotion, reason), renderState);
    }),
  );
