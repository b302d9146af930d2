import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import { renderState } from "../tables/promotion.ts";

export const approve = command(
  "approve",
  "Approve a promotion whose gates passed, with a login of the last 15 minutes; it is deployed, and a canary judged, after the answer",
)
  .argument("<promotion>", "as `falconry promote` printed it")
  .requiredOption("--reason <text>", "for the audit trail")
  .addHelpText("after", example('falconry approve falcon-1 --reason "better on the same rows"'))
  .action(
    inContext(async (context, promotion, { reason }) => {
      const controlPlane = await controlPlaneOf(context);
      context.print(await controlPlane.approve(promotion, reason), renderState);
    }),
  );
