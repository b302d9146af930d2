import type { z } from "zod";
import type { Registry } from "../registry.ts";
import type { Driver } from "./driver.ts";
import type { Identity } from "./identity.ts";
import { anybody, notAllowed, type Permission } from "./permissions.ts";
import type { Refusals } from "./refusals.ts";
import { readRequest, requests, type Sent } from "./request.ts";

/** What of the registry people reach through the API. */
export type ControlledRegistry = Pick<Registry, "promote" | "approve" | "reject" | "rollback" | "promotion" | "status" | "history">;

/** What a route works with. */
export interface RouteContext {
  who: Identity;
  /** Acts in the name of `who`. */
  registry: ControlledRegistry;
  driver: Pick<Driver, "reconcile" | "wake">;
  refusals: Pick<Refusals, "page">;
}

export interface Route extends Permission {
  method: "GET" | "POST";
  path: string;
  /** Of a good answer: 202 where what was asked for has yet to be done. */
  status: 200 | 202;
  /** Do the parameters in the path have the shape that they must? Then the audit trail may repeat the path. */
  knows(params: unknown): boolean;
  /** @throws FalconryError `control-plane.request`, and those of the registry */
  answer(sent: Sent, context: RouteContext): Promise<unknown>;
}

const { about } = requests;

/** Everything that the control plane does for somebody who is logged in: one table of who may ask what, and how. */
export const routes: readonly Route[] = [
  route("POST", "/promotions", {
    groups: ["scientist"],
    status: 202,
    asked: requests.promote,
    async answer({ body: { workload, version, again } }, { registry, driver }) {
      const report = await registry.promote(workload, version, again === undefined ? {} : { again });
      driver.wake(workload);
      return report;
    },
  }),
  route("GET", "/promotions/:id", {
    ...anybody,
    asked: about.promotion,
    answer: ({ params }, { registry }) => registry.promotion(params.id),
  }),
  route("POST", "/promotions/:id/approval", {
    groups: ["approver"],
    freshLogin: true,
    asked: requests.decide,
    async answer({ params, body }, { registry, driver }) {
      const report = await registry.approve(params.id, body.reason);
      driver.wake(report.workload);
      return report;
    },
  }),
  route("POST", "/promotions/:id/rejection", {
    ...anybody,
    asked: requests.decide,
    async answer({ params, body }, { who, registry, driver }) {
      if (!who.groups.has("approver")) await requireAskedBy(who, registry, params.id);
      const report = await registry.reject(params.id, body.reason);
      driver.wake(report.workload);
      return report;
    },
  }),
  route("POST", "/workloads/:name/rollback", {
    groups: ["operator"],
    status: 202,
    asked: requests.rollback,
    async answer({ params: { name }, body: { reason, to } }, { registry, driver }) {
      const report = await registry.rollback(name, to === undefined ? { reason } : { reason, to });
      driver.wake(name);
      return report;
    },
  }),
  route("GET", "/status", {
    ...anybody,
    asked: about.everything,
    answer: (_, { registry }) => registry.status(),
  }),
  route("GET", "/workloads/:name/status", {
    ...anybody,
    asked: about.workload,
    answer: ({ params }, { registry }) => registry.status(params.name),
  }),
  route("GET", "/workloads/:name/history", {
    ...anybody,
    asked: requests.history,
    answer: ({ params, query }, { registry }) => registry.history(params.name, query),
  }),
  route("POST", "/reconcile", {
    ...anybody,
    asked: about.everything,
    answer: (_, { driver }) => driver.reconcile(),
  }),
  route("POST", "/workloads/:name/reconcile", {
    ...anybody,
    asked: about.workload,
    answer: ({ params }, { driver }) => driver.reconcile(params.name),
  }),
  route("GET", "/refusals", {
    groups: ["operator"],
    asked: requests.refusals,
    answer: ({ query }, { refusals }) => refusals.page(query),
  }),
];

type AskedShape = Record<keyof Sent, z.ZodType>;

interface Declaration<Shape extends AskedShape> extends Permission {
  /** @default 200 */
  status?: Route["status"];
  asked: z.ZodObject<Shape>;
  answer(asked: z.output<z.ZodObject<Shape>>, context: RouteContext): Promise<unknown>;
}

function route<Shape extends AskedShape>(method: Route["method"], path: string, declared: Declaration<Shape>): Route {
  const { asked, answer, status = 200, ...permission } = declared;
  return {
    ...permission,
    method,
    path,
    status,
    knows: (params) => asked.shape.params.safeParse(params).success,
    answer: async (sent, context) => answer(readRequest(asked, sent), context),
  };
}

/** Whoever asked may take it back, without being an approver. */
async function requireAskedBy(who: Identity, registry: ControlledRegistry, id: string): Promise<void> {
  const { askedBy } = await registry.promotion(id);
  if (askedBy !== who.name) throw notAllowed(who, ["approver"]);
}
