import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Environment } from "@falconry/environment/environment.ts";
import { type Progress, silent } from "@falconry/environment/progress.ts";
import type { RegistryContext } from "./context.ts";
import { Memory } from "./promotion/memory.ts";

export interface RegistryOptions {
  /** Who acts: stands in every event of the ledger. */
  actor: string;
  now(): Date;
  /** @default waits on the wall clock */
  pause?(milliseconds: number): Promise<void>;
  /** @default by the wall clock */
  every?: RegistryContext["every"];
  /** @default a random UUID each time */
  uniqueName?(): string;
  /** What a process keeps between two looks; registries of one environment may share it. @default none before this one */
  memory?: Memory;
  progress?: Progress;
}

export type Registry = ReturnType<typeof registryOf>;

/**
 * Everything that can be asked of the registry of one environment. What people ask for is recorded, and answered at once; `reconcile` does the work, by one
 * pass that never waits. What an answer needs is loaded when it is asked for: a look at the ledger should be quick.
 */
export function registryOf(environment: Environment, options: RegistryOptions) {
  const context: RegistryContext = {
    pause,
    every,
    uniqueName: randomUUID,
    memory: new Memory(),
    progress: silent,
    ...options,
    environment,
  };
  return {
    /** @param how `again`: why a version that was rolled back from should go live once more */
    async promote(workload: string, version: number, how: { again?: string } = {}) {
      const { promote } = await import("./promotion/request.ts");
      return promote(context, workload, version, how);
    },
    async approve(promotion: string, reason: string) {
      const { approve } = await import("./promotion/approval.ts");
      return approve(context, promotion, reason);
    },
    async reject(promotion: string, reason: string) {
      const { reject } = await import("./promotion/approval.ts");
      return reject(context, promotion, reason);
    },
    async rollback(workload: string, how: { to?: number; reason: string }) {
      const { rollback } = await import("./rollback.ts");
      return rollback(context, workload, how);
    },
    /** How far a promotion, rollback or repair has come. */
    async promotion(id: string) {
      const { promotion } = await import("./promotion/report.ts");
      return promotion(context, id);
    },
    /** Carries on what is in flight and repairs what is ours, as far as it goes without waiting; tells how things stand then. Every workload where none is named. */
    async reconcile(workload?: string) {
      const { reconcile } = await import("./promotion/reconcile.ts");
      const { statusOf } = await import("./status.ts");
      const names = workload === undefined ? Object.keys(environment.descriptor.endpoints) : [workload];
      const workloads = [];
      for (const name of names) workloads.push(statusOf(await reconcile(context, name), context.now()));
      return { workloads };
    },
    async status(workload?: string) {
      const { status } = await import("./status.ts");
      return status(context, workload);
    },
    /** One page of the ledger. */
    async history(workload: string, page: { after?: number; limit?: number } = {}) {
      const { history } = await import("./history.ts");
      return history(context, workload, page);
    },
    async models(workload: string) {
      const { models } = await import("./models.ts");
      return models(context, workload);
    },
    async verifyAudit(workload?: string) {
      const { verifyAudit } = await import("./audit.ts");
      return verifyAudit(context, workload);
    },
  };
}

function every(milliseconds: number, act: () => void): () => void {
  const timer = setInterval(act, milliseconds);
  return () => clearInterval(timer);
}
