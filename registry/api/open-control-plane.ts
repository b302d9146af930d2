import { setTimeout as pauseFor } from "node:timers/promises";
import type { Environment } from "@falconry/environment/environment.ts";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { Memory } from "../promotion/memory.ts";
import { registryOf } from "../registry.ts";
import { controlPlaneApp } from "./app.ts";
import { Driver } from "./driver.ts";
import { tokenVerifier } from "./identity.ts";
import { Refusals } from "./refusals.ts";

/** Who acts when nobody asked: a name that no user can have, because of its space. */
const driverName = "control plane";

export interface ControlPlane {
  app: FastifyInstance;
  driver: Driver;
  refusals: Refusals;
  /** Answers what was asked already, ends the passes under way, writes what was refused. */
  close(): Promise<void>;
}

/** The control plane of one environment, with everything real. It neither listens nor drives yet. */
export async function openControlPlane(environment: Environment, log: FastifyBaseLogger): Promise<ControlPlane> {
  const now = () => new Date();
  const memory = new Memory();
  const registry = (actor: string) => registryOf(environment, { actor, now, memory });
  const driving = registry(driverName);
  const driver = new Driver({
    endpoints: new Map(Object.entries(environment.descriptor.endpoints).map(([workload, { name }]) => [workload, name])),
    reconcile: (workload) => driving.reconcile(workload),
    log,
    pause: async (seconds, signal) => {
      await pauseFor(seconds * 1000, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },
    clock: () => performance.now() / 1000,
  });
  const refusals = new Refusals(environment, { now, log });
  const verify = tokenVerifier(environment.descriptor.identity, now);
  const app = await controlPlaneApp({ registry, verify, driver, refusals, now, log });
  return {
    app,
    driver,
    refusals,
    async close() {
      await app.close();
      await driver.stop();
      await refusals.close();
    },
  };
}
