import { FalconryError } from "@falconry/environment/error.ts";
import type { ControlPlaneClient } from "@falconry/registry/api/client.ts";
import type { PromotionEvent } from "@falconry/registry/promotion/events.ts";
import type { PromotionReport } from "@falconry/registry/promotion/report.ts";
import type { WorkloadStatus } from "@falconry/registry/status.ts";

type Asked = Pick<ControlPlaneClient, "status" | "reconcile" | "history" | "promotion" | "rollback">;

/** How things stand after one pass. */
export interface Standing {
  /** What is in flight. @default nothing */
  inFlight?: string;
  /** All that is in the ledger. */
  events: PromotionEvent[];
  /** By id. */
  states: Record<string, Partial<PromotionReport> & Pick<PromotionReport, "state">>;
}

/** A control plane that gets one standing further with every pass, and stays at the last; in place of a standing it may fail once. */
export function scriptedControlPlane(standings: (Standing | FalconryError)[]): Asked & { passes(): number } {
  let passes = 0;
  const current = (): Standing => {
    const standing = standings[Math.min(passes, standings.length - 1)];
    if (standing === undefined || standing instanceof FalconryError) throw new Error("the script asks for what it does not show");
    return standing;
  };
  const status = (): { workloads: WorkloadStatus[] } => {
    const { inFlight = null } = current();
    const champion = { version: 1, run: "r", dataset: "d" };
    const rest = { challenger: null, canary: null, agrees: true, differences: [] };
    return { workloads: [{ name: "falcon", endpoint: "local-falcon", state: "live", inFlight, champion, ...rest }] };
  };
  return {
    passes: () => passes,
    status: async () => status(),
    async reconcile() {
      passes += 1;
      const failure = standings[passes];
      if (failure instanceof FalconryError) throw failure;
      return status();
    },
    async history(workload, { after = 0, limit = 2 } = {}) {
      const behind = current().events.filter(({ sequence }) => sequence > after);
      return { workload, endpoint: "local-falcon", events: behind.slice(0, limit), more: behind.length > limit };
    },
    async promotion(id) {
      const known = current().states[id];
      if (known === undefined) throw new Error(`the script knows no ${id}`);
      return { promotion: id, kind: "promotion", workload: "falcon", version: 2, askedBy: "scientist", gates: [], ...known };
    },
    rollback: async (workload) => ({ rollback: "falcon-1", workload, from: 2, to: 1, state: "rolling-back" }),
  };
}

/** An event with as much in it as following needs. */
export function event(sequence: number, type: PromotionEvent["type"], promotion = "falcon-1", more: object = {}): PromotionEvent {
  const stamp = { sequence, previous: "", time: "2026-11-21T12:00:00.000Z", actor: "grace", promotion };
  return { ...stamp, type, reason: "because", ...more } as PromotionEvent;
}
