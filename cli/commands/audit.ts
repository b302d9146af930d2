import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import { registryOf } from "../registry.ts";
import { renderAudit, renderRefusals } from "../tables/audit.ts";
import { wholeNumber } from "../whole-number.ts";

const verify = command("verify", "Recompute the hash chains and compare them with their write-once witnesses")
  .argument("[workload]", "every ledger of the environment, and the control plane's refusals, when left out")
  .addHelpText("after", example("falconry audit verify falcon"))
  .action(
    inContext(async (context, name) => {
      const workload = name === undefined ? undefined : (await context.workload(name)).name;
      const registry = await registryOf(context);
      context.progress("recomputing the hash of every event");
      context.print(await registry.verifyAudit(workload), renderAudit);
    }),
  );

const refusals = command("refusals", "What the control plane refused to whom: for the group operator")
  .option("--after <sequence>", "those after this one", wholeNumber)
  .addHelpText("after", example("falconry audit refusals"))
  .action(
    inContext(async (context, { after }) => {
      const controlPlane = await controlPlaneOf(context);
      context.print(await controlPlane.refusals(after === undefined ? {} : { after }), renderRefusals);
    }),
  );

export const audit = command("audit", "The audit trail's integrity, and what was refused")
  .addCommand(verify)
  .addCommand(refusals)
  .addHelpText("after", example("falconry audit verify"));
