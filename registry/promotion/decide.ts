import { champion, type EndpointState, type Operation, type UnderWay } from "./state.ts";

/** What the world shows, as SageMaker and MLflow say it. */
export interface Observation {
  endpoint?: ObservedEndpoint;
  /** The registered model's aliases, by name; absent where MLflow does not answer. */
  aliases?: Aliases;
}

export interface ObservedEndpoint {
  /** SageMaker's EndpointStatus. */
  status: string;
  /** The configuration that it serves; while it is updated, the one that it comes from. */
  config: string;
  failureReason?: string;
}

/** The versions that MLflow's aliases name. */
export interface Aliases {
  champion?: number;
  challenger?: number;
}

export type Action =
  | { type: "run-gates"; promotion: Operation }
  /** Write down what will be deployed, before anything of it is. */
  | { type: "intend"; promotion: Operation; previousConfig: string }
  /** Bring the endpoint to a configuration, which is made where it is not there. */
  | { type: "update-endpoint"; operation: Operation; to: string }
  /** Ask the endpoint until the new version answers. */
  | { type: "probe"; operation: Operation }
  | { type: "record-failure"; operation: Operation; because: string }
  | { type: "mirror-aliases"; aliases: Aliases }
  /** SageMaker is at work: look again later. */
  | { type: "wait"; because: string }
  /** Nothing is left to do until a person acts. */
  | { type: "rest" };

/** An endpoint that is in service with another configuration, and does not say why, is brought up anew so often before that counts as a failure. */
const maxOrders = 3;

/** SageMaker refuses an update in these states, and leaves them by itself. */
const busy = new Set(["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"]);

/** What to do next with one endpoint. No clock, no network: the same facts always give the same action. */
export function decide(state: EndpointState, world: Observation): Action {
  const operation = state.inFlight;
  switch (operation?.progress.state) {
    case "requested":
      return { type: "run-gates", promotion: operation };
    case "approved":
      if (world.endpoint === undefined) return { type: "record-failure", operation, because: "the endpoint does not exist" };
      return { type: "intend", promotion: operation, previousConfig: world.endpoint.config };
    case "deploying":
    case "rolling-back":
    case "returning":
      return bringUp(operation, operation.progress, world);
    default:
      return mirror(state, world) ?? { type: "rest" };
  }
}

function bringUp(operation: Operation, progress: UnderWay, { endpoint }: Observation): Action {
  const returning = progress.state === "returning";
  const target = returning ? progress.previousConfig : progress.deployment.config;
  const fails = (because: string): Action => ({ type: "record-failure", operation, because });

  if (endpoint === undefined) return fails("the endpoint does not exist");
  if (busy.has(endpoint.status)) return { type: "wait", because: `the endpoint is ${endpoint.status}` };
  if (endpoint.status === "InService" && endpoint.config === target) {
    return returning ? fails(progress.because ?? "it did not answer") : { type: "probe", operation };
  }
  // Without a reason it may be an answer from before the order, or somebody else's order that overtook ours: the order is given again.
  const isUnexplained = endpoint.status === "InService" && endpoint.failureReason === undefined;
  if (progress.ordered === target && !(isUnexplained && (progress.orders ?? 0) < maxOrders)) {
    const why = endpoint.failureReason ?? `the endpoint is ${endpoint.status} with ${endpoint.config}, not with ${target}`;
    return fails(returning ? `${progress.because}; and it could not be brought back: ${why}` : why);
  }
  return { type: "update-endpoint", operation, to: target };
}

/** The aliases that the ledger asks for: `champion` is live, `challenger` passed the gates and is not live yet. */
export function aliasesOf(state: EndpointState): Aliases {
  const live = champion(state);
  const coming = state.inFlight;
  return {
    ...(live === undefined ? {} : { champion: live.version }),
    ...(coming?.kind === "promotion" && coming.progress.state !== "requested" ? { challenger: coming.version } : {}),
  };
}

function mirror(state: EndpointState, { aliases: seen }: Observation): Action | undefined {
  const aliases = aliasesOf(state);
  if (seen === undefined || (seen.champion === aliases.champion && seen.challenger === aliases.challenger)) return undefined;
  return { type: "mirror-aliases", aliases };
}
