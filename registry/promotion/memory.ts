import type { Evidence } from "../canary/sample.ts";
import type { ChainHead } from "../ledger/chain.ts";
import type { Standing } from "../notifications/notification.ts";
import type { PromotionEvent } from "./events.ts";
import type { EndpointState } from "./state.ts";

/** A ledger as far as it was read. Nothing in it is ever changed: several readers may go on from the same one. */
export interface Told {
  head: ChainHead;
  state: EndpointState;
  /** Events whose notification may not have been given out, with what they led to. */
  unsettled: readonly { event: PromotionEvent; standing: Standing }[];
}

/** What a process keeps between two looks at its endpoints, by their names: a long ledger is read once. */
export class Memory {
  readonly #told = new Map<string, Told>();
  readonly #championSeen = new Map<string, Date>();
  readonly #evidence = new Map<string, { promotion: string; at: Date; evidence: Evidence }>();

  told(endpoint: string): Told | undefined {
    return this.#told.get(endpoint);
  }

  /** Of several readers the one that came furthest is remembered. */
  remember(endpoint: string, told: Told): void {
    if (told.head.sequence >= (this.#told.get(endpoint)?.head.sequence ?? 0)) this.#told.set(endpoint, told);
  }

  /** What was last seen of a bake, unless that is as old as this. */
  evidence(
    endpoint: string,
    promotion: string,
    { now, staleAfterMilliseconds }: { now: Date; staleAfterMilliseconds: number },
  ): Evidence | undefined {
    const seen = this.#evidence.get(endpoint);
    const isFresh = seen?.promotion === promotion && now.getTime() - seen.at.getTime() < staleAfterMilliseconds;
    return isFresh ? seen.evidence : undefined;
  }

  rememberEvidence(endpoint: string, promotion: string, at: Date, evidence: Evidence): void {
    this.#evidence.set(endpoint, { promotion, at, evidence });
  }

  /**
   * Whether a look at the champion's configuration is due, which may have been deleted: once in a while, by a process that lives long enough; the next one is due
   * that much later.
   */
  championLookDue(endpoint: string, now: Date): boolean {
    const seen = this.#championSeen.get(endpoint);
    if (seen !== undefined && now.getTime() - seen.getTime() < championLookMilliseconds) return false;
    this.#championSeen.set(endpoint, now);
    return seen !== undefined;
  }
}

const championLookMilliseconds = 60_000;
