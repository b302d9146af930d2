import type { ControlPlaneClient } from "@falconry/registry/api/client.ts";
import type { PromotionEvent } from "@falconry/registry/promotion/events.ts";

/** The events of a workload's ledger behind the one of sequence `after`, oldest first, asked for in pages. */
export async function* eventsAfter(
  controlPlane: Pick<ControlPlaneClient, "history">,
  workload: string,
  after: number,
): AsyncGenerator<PromotionEvent> {
  for (let more = true; more; ) {
    const page = await controlPlane.history(workload, { after });
    yield* page.events;
    after = page.events.at(-1)?.sequence ?? after;
    more = page.more;
  }
}
