import { endpointOf } from "@falconry/environment/descriptor.ts";
import type { RegistryContext } from "./context.ts";
import { Ledger } from "./ledger/ledger.ts";
import { type PromotionEvent, promotionEvent } from "./promotion/events.ts";

export interface History {
  workload: string;
  endpoint: string;
  /** As they stand in the ledger, oldest first. */
  events: readonly PromotionEvent[];
  /** More stand after the last one. */
  more: boolean;
}

/** The most that one page may be asked for. */
export const maxPageEvents = 2_000;

/** One page of a ledger: at most `limit` events after the one of sequence `after`. */
export async function history(
  { environment }: RegistryContext,
  workload: string,
  { after = 0, limit = maxPageEvents }: { after?: number; limit?: number } = {},
): Promise<History> {
  const { name: endpoint } = endpointOf(environment.descriptor, workload);
  const { records, more } = await new Ledger(environment, endpoint).page(after, limit);
  return { workload, endpoint, events: records.map(promotionEvent), more };
}
