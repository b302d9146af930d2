import { setTimeout as pause } from "node:timers/promises";
import type { Environment } from "@falconry/environment/environment.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { Workload } from "@falconry/model/workload.ts";
import type { RegistryContext } from "./context.ts";

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

/** Everything that can be asked of the registry of one environment. What an answer needs is loaded when it is asked for: a look at the ledger should be quick. */
export function registryOf(environment: Environment, options: RegistryOptions) {
  const context: RegistryContext = { pause, progress: silent, ...options, environment };
  return {
    async promote(workload: Workload, version: number) {
      const { promote } = await import("./promotion/request.ts");
      return promote(context, workload, version);
    },
    async approve(promotion: string, reason: string) {
      const { approve } = await import("./promotion/approval.ts");
      return approve(context, promotion, reason);
    },
    async reject(promotion: string, reason: string) {
      const { reject } = await import("./promotion/approval.ts");
      return reject(context, promotion, reason);
    },
    async rollback(workload: Named, how: { to?: number; reason: string }) {
      const { rollback } = await import("./rollback.ts");
      return rollback(context, workload.name, how);
    },
    /** Finishes or repairs what is in flight, and tells how things stand then. Every workload of the environment where none is named. */
    async reconcile(workload?: Named) {
      const { reconcile } = await import("./promotion/reconcile.ts");
      const { status } = await import("./status.ts");
      const names = workload === undefined ? Object.keys(environment.descriptor.endpoints) : [workload.name];
      for (const name of names) await reconcile(context, name);
      return status(context, workload?.name);
    },
    async status(workload?: Named) {
      const { status } = await import("./status.ts");
      return status(context, workload?.name);
    },
    async history(workload: Named) {
      const { history } = await import("./history.ts");
      return history(context, workload.name);
    },
    async models(workload: Named) {
      const { models } = await import("./models.ts");
      return models(context, workload.name);
    },
    async verifyAudit(workload?: Named) {
      const { verifyAudit } = await import("./audit.ts");
      return verifyAudit(context, workload?.name);
    },
  };
}
