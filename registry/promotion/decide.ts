import type { ObservedEndpoint } from "../endpoint/describe.ts";
import { type Action, isBusy, isInService, type Observation } from "./action.ts";
import { bake } from "./bake.ts";
import { drift, mirror } from "./drift.ts";
import { approvalDue, approvalHours, isUnderWay, type Operation, type Surrenderer, type UnderWay } from "./operation.ts";
import { champion, type EndpointState } from "./state.ts";

/** An endpoint that is in service with another configuration, and does not say why, is brought up anew so often before that counts as a failure. */
const maxOrders = 3;
/** A canary that no order could be given for so long holds the endpoint from everybody else. */
const maxMillisecondsToOrder = 900_000;

/** What to do next with one endpoint. No clock, no network: the same facts always give the same action. */
export function decide(state: EndpointState, world: Observation, now: Date): Action {
  const { inFlight } = state;
  if (inFlight !== undefined && isUnderWay(inFlight.progress)) return bringUp(inFlight, inFlight.progress, world, now);
  return drift(state, world) ?? prepare(state, world, now) ?? mirror(state, world) ?? { type: "rest" };
}

/** What becomes of a promotion that has touched nothing yet. */
function prepare(state: EndpointState, { endpoint, bootstrap }: Observation, now: Date): Action | undefined {
  const { promotion } = state;
  if (promotion === undefined) return undefined;
  const { id, progress } = promotion;
  switch (progress.state) {
    case "requested":
      return { type: "run-gates", promotion };
    case "awaiting-approval": {
      if (now < approvalDue(promotion)) return undefined;
      return {
        type: "record",
        event: { type: "expired", promotion: id, reason: `nobody approved it within ${approvalHours(promotion)} hours` },
      };
    }
    case "approved": {
      if (endpoint !== undefined && isBusy(endpoint)) return { type: "wait", because: `the endpoint is ${endpoint.status}`, beat: false };
      const meant = champion(state)?.config ?? bootstrap;
      if (endpoint !== undefined && isInService(endpoint) && endpoint.config === meant) {
        return { type: "intend", promotion, previousConfig: meant, canary: champion(state) !== undefined };
      }
      return fails(promotion, unfit(endpoint, meant));
    }
    default:
      return undefined;
  }
}

/** Carries the endpoint to where an operation wants it, or back. */
function bringUp(operation: Operation, way: UnderWay, world: Observation, now: Date): Action {
  const { endpoint, alarms } = world;
  const { to, ordered } = way;
  const isBack = way.state === "rolling-back" || way.state === "repairing";
  const ends = (because: string, by: Surrenderer = "sagemaker") => (isBack ? fails(operation, because) : givesUp(operation, by, because));

  if (endpoint === undefined) return ends("the endpoint does not exist");
  if (isBusy(endpoint)) return isBack ? goBack(way, endpoint) : bake(operation, way, world, now);
  if (isInService(endpoint) && endpoint.config === to.config) {
    const isUnjudged = !isBack && way.canary && way.state !== "completing";
    return isUnjudged ? ends("it took all of the traffic, and no judge had found it healthy", "judge") : { type: "probe", operation, way };
  }
  // Without a reason it may be an answer from before the order, or somebody else's order that overtook ours: the order is given again.
  const isUnexplained = isInService(endpoint) && endpoint.failureReason === undefined;
  const orders = way.bakingSince !== undefined ? maxOrders : ordered?.config === to.config ? ordered.times : 0;
  if (orders > 0 && !(isUnexplained && orders < maxOrders)) return ends(unfit(endpoint, to.config));
  if (isBack || !way.canary) return { type: "update-endpoint", operation, way };
  const isOrderable = alarms?.unhealthy !== "ALARM" && alarms?.silent === "OK";
  if (!isOrderable && now.getTime() - Date.parse(way.begun) > maxMillisecondsToOrder) {
    return ends(`the alarms are not both OK after ${maxMillisecondsToOrder / 60_000} minutes: ${JSON.stringify(alarms ?? {})}`, "judge");
  }
  if (alarms?.unhealthy === "ALARM") return { type: "clear-alarm" };
  if (alarms?.silent !== "OK") return { type: "wait", because: `the alarm of silence is ${alarms?.silent ?? "missing"}`, beat: true };
  return { type: "update-endpoint", operation, way };
}

/** An update cannot be cut short but by its alarms, and one that was ordered without any not at all: it is tripped in vain. Our own order is waited for. */
function goBack({ to, ordered }: UnderWay, { status, pending }: ObservedEndpoint): Action {
  const isOurs = pending === undefined ? ordered?.config === to.config : pending.config === to.config;
  if (status === "Updating" && !isOurs)
    return { type: "trip", because: `it is to return from ${pending?.config ?? "an update"}, if alarms hold it` };
  return { type: "wait", because: `the endpoint is ${status}`, beat: false };
}

function unfit(endpoint: ObservedEndpoint | undefined, config: string): string {
  if (endpoint === undefined) return "the endpoint does not exist";
  return endpoint.failureReason ?? `the endpoint is ${endpoint.status} with ${endpoint.config}, not with ${config}`;
}

function givesUp({ id }: Operation, by: Surrenderer, reason: string): Action {
  return { type: "record", event: { type: "giving-up", promotion: id, by, reason } };
}

function fails({ id }: Operation, reason: string): Action {
  return { type: "record", event: { type: "failed", promotion: id, reason } };
}
