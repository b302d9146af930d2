import { endpointOf } from "@falconry/environment/descriptor.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import type { PromotionReport } from "../promotion/report.ts";
import { workloadOf } from "../promotion/story.ts";
import { controlPlaneApp } from "./app.ts";
import { tokenVerifier } from "./identity.ts";
import type { Limits } from "./limits.ts";
import { loginTime, type TrialPool } from "./pool.fixture.ts";
import type { Refusal } from "./refusals.ts";
import type { ControlledRegistry } from "./routes.ts";

/** The API before a registry that only remembers what it was asked. */
export interface TrialApp {
  app: FastifyInstance;
  /** What reached the registry or the driver, as `<who>: <what>`. */
  effects: string[];
  /** What would stand in the audit trail. */
  refusals: Refusal[];
  /** Lines of the log. */
  log: string[];
  /** What time it is; `loginTime` at first. */
  clock: { now: Date };
}

/** Of the promotions that the registry knows; `bob` asked for it. */
export const knownPromotion = "falcon-7";

const settings = { name: "local-falcon", variant: "live" as const, instanceType: "ml.m5.large", instanceCount: 2, bootstrapConfig: "" };
const falcon = { ...settings, alarms: { silent: "local-falcon-silent", unhealthy: "local-falcon-unhealthy" }, promotion: {} };

/** As the registry does. @throws FalconryError `environment.no-endpoint` */
function requireWorkload(workload: string): void {
  endpointOf({ environment: "local", endpoints: { falcon } }, workload);
}

/** Asked for the events after this one, the registry fails as a bug does. */
export const brokenPage = 666;

export async function trialApp(pool: TrialPool, limits?: Limits): Promise<TrialApp> {
  const effects: string[] = [];
  const refusals: Refusal[] = [];
  const log: string[] = [];
  const clock = { now: loginTime };
  const app = await controlPlaneApp({
    registry: (actor) => rememberingRegistry(actor, effects),
    verify: tokenVerifier(pool.identity, () => clock.now),
    driver: {
      async reconcile(workload) {
        if (workload !== undefined) requireWorkload(workload);
        effects.push(`driver: reconcile ${workload ?? "all"}`);
        return { workloads: [] };
      },
      wake: (workload) => void effects.push(`driver: wake ${workload}`),
    },
    refusals: {
      async record(refusal) {
        refusals.push(refusal);
      },
      page: async () => ({ refusals: [], more: false }),
    },
    now: () => clock.now,
    log: pino({ level: "debug" }, { write: (line: string) => void log.push(line) }),
    ...(limits && { limits }),
  });
  return { app, effects, refusals, log, clock };
}

function rememberingRegistry(actor: string, effects: string[]): ControlledRegistry {
  const report: PromotionReport = {
    promotion: knownPromotion,
    kind: "promotion",
    workload: "falcon",
    version: 3,
    askedBy: "bob",
    state: "awaiting-approval",
    gates: [],
  };
  const did = (what: string, workload: string): PromotionReport => {
    requireWorkload(workload);
    effects.push(`${actor}: ${what}`);
    return report;
  };
  return {
    promote: async (workload, version, how) => did(`promote ${workload} ${version}${how?.again === undefined ? "" : " again"}`, workload),
    approve: async (promotion) => did(`approve ${promotion}`, workloadOf(promotion)),
    reject: async (promotion) => did(`reject ${promotion}`, workloadOf(promotion)),
    async rollback(workload, { to }) {
      did(`rollback ${workload} ${to ?? ""}`.trim(), workload);
      return { rollback: "falcon-9", workload, from: 3, to: to ?? 2, state: "rolling-back" };
    },
    async promotion(id) {
      requireWorkload(workloadOf(id));
      if (id === knownPromotion) return report;
      throw new FalconryError("registry.promotion-unknown", { message: `no promotion ${id}`, hint: "Run: falconry history falcon" });
    },
    async status(workload) {
      if (workload !== undefined) requireWorkload(workload);
      return { workloads: [] };
    },
    async history(workload, page) {
      requireWorkload(workload);
      if (page?.after === brokenPage) throw new TypeError("a bug's words");
      return { workload, endpoint: "local-falcon", events: [], more: false };
    },
  };
}
