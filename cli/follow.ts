import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import type { ControlPlaneClient } from "@falconry/registry/api/client.ts";
import type { PromotionEvent } from "@falconry/registry/promotion/events.ts";
import type { PromotionReport } from "@falconry/registry/promotion/report.ts";
import { eventsAfter } from "./history.ts";

const roundMilliseconds = 1_000;
/** A control plane that is started anew is back by then, and the minute over in which too much was asked. */
const patienceRounds = 75;

export interface Following {
  /** Waits so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** @default {@link roundMilliseconds} */
  roundMilliseconds?: number;
  /** Takes every event of the operation once, in order, with all those that came before. */
  onEvent?(event: PromotionEvent, before: readonly PromotionEvent[]): void;
  progress: Progress;
}

/** A promotion, rollback or repair that was followed, with its events so far. */
export interface Followed {
  report: PromotionReport;
  events: readonly PromotionEvent[];
}

/**
 * Follows a promotion, rollback or repair, and carries it on in every round: that somebody looks on is enough for it to come to its end.
 *
 * @param id names the event that began it, which is where this begins to read
 * @throws FalconryError what the control plane, or what stands behind it, was missed for, when it has been missed for more than {@link patienceRounds} rounds
 */
export async function follow(
  controlPlane: Pick<ControlPlaneClient, "reconcile" | "history" | "promotion">,
  workload: string,
  id: string,
  until: (report: PromotionReport) => boolean,
  { pause, onEvent = () => {}, progress, roundMilliseconds: round = roundMilliseconds }: Following,
): Promise<Followed> {
  const events: PromotionEvent[] = [];
  let after = Number(id.slice(id.lastIndexOf("-") + 1)) - 1;
  for (let misses = 0; ; await pause(round)) {
    try {
      await controlPlane.reconcile(workload);
      for await (const event of eventsAfter(controlPlane, workload, after)) {
        onEvent(event, events);
        events.push(event);
        after = event.sequence;
      }
      const report = await controlPlane.promotion(id);
      if (until(report)) return { report, events };
      misses = 0;
    } catch (error) {
      misses += 1;
      if (!isPassing(error) || misses > patienceRounds) throw error;
      const why = error instanceof Error ? error.message : String(error);
      progress(`${why}; asking again (${misses} of ${patienceRounds})`);
    }
  }
}

/** What is followed goes on all the same: something could not be reached (exit code 4), or too much was asked. */
function isPassing(error: unknown): boolean {
  return error instanceof FalconryError && (error.exitCode === 4 || error.code === "control-plane.too-many-requests");
}
