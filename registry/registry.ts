import { setTimeout as pause } from "node:timers/promises";
import type { Environment } from "@falconry/environment/environment.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { Workload } from "@falconry/model/workload.ts";
import { verifyAudit } from "./audit.ts";
import type { RegistryContext } from "./context.ts";
import { history } from "./history.ts";
import { models } from "./models.ts";
import { approve, reject } from "./promotion/approval.ts";
import { reconcile } from "./promotion/reconcile.ts";
import { promote } from "./promotion/request.ts";
import { rollback } from "./rollback.ts";
import { status } from "./status.ts";

export interface RegistryOptions {
  /** Who acts: stands in every event of the ledger. */
  actor: string;
  now(): Date;
  /** @default waits on the wall clock */
  pause?(milliseconds: number): Promise<void>;
  progress?: Progress;
}

/** A workload is known here by its name; only a promotion reads its gates. */
type Named = Pick<Workload, "name">;

export type Registry = ReturnType<typeof registryOf>;

/** Everything that can be asked of the registry of one environment. */
export function registryOf(environment: Environment, options: RegistryOptions) {
  const context: RegistryContext = { pause, progress: silent, ...options, environment };
  return {
    promote: (workload: Workload, version: number) => promote(context, workload, version),
    approve: (promotion: string, reason: string) => approve(context, promotion, reason),
    reject: (promotion: string, reason: string) => reject(context, promotion, reason),
    rollback: (workload: Named, how: { to?: number; reason: string }) => rollback(context, workload.name, how),
    /** Finishes or repairs what is in flight, and tells how things stand then. Every workload of the environment where none is named. */
    reconcile: async (workload?: Named) => {
      const names = workload === undefined ? Object.keys(environment.descriptor.endpoints) : [workload.name];
      for (const name of names) await reconcile(context, name);
      return status(context, workload?.name);
    },
    status: (workload?: Named) => status(context, workload?.name),
    history: (workload: Named) => history(context, workload.name),
    models: (workload: Named) => models(context, workload.name),
    verifyAudit: (workload?: Named) => verifyAudit(context, workload?.name),
  };
}
