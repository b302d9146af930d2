import type { RegistryContext } from "./context.ts";
import type { PromotionEvent } from "./promotion/events.ts";
import { Story } from "./promotion/story.ts";

export interface History {
  workload: string;
  endpoint: string;
  /** As they stand in the ledger, oldest first. */
  events: readonly PromotionEvent[];
}

export async function history(context: RegistryContext, workload: string): Promise<History> {
  const { endpoint, events } = await Story.read(context, workload);
  return { workload, endpoint: endpoint.name, events };
}
