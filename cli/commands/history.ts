import { command, example, inContext } from "../command.ts";
import { controlPlaneOf } from "../control-plane.ts";
import { eventsAfter } from "../history.ts";

export const history = command("history", "What happened on a workload's endpoint: who, what, why, with which numbers; oldest first")
  .argument("<workload>")
  .addHelpText("after", example("falconry history falcon --json"))
  .action(
    inContext(async (context, name) => {
      const { name: workload } = await context.workload(name);
      const controlPlane = await controlPlaneOf(context);
      const { entry } = await import("@falconry/registry/account/entry.ts");
      context.progress("reading the ledger");
      const events = [];
      for await (const event of eventsAfter(controlPlane, workload, 0)) {
        context.tell(entry(event, events));
        events.push(event);
      }
      context.print({ workload, events }, () => (events.length === 0 ? `Nothing has happened to ${workload} yet` : ""));
    }),
  );
