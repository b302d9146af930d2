import type { Evidence } from "../canary/sample.ts";
import type { AlarmStates } from "../canary/signals.ts";
import type { ObservedEndpoint } from "../endpoint/describe.ts";
import type { Aliases, EventDraft } from "./events.ts";
import type { Operation, UnderWay } from "./operation.ts";

/** What the world shows, as far as it was looked at. */
export interface Observation {
  /** The configuration that infrastructure made the endpoint with. */
  bootstrap: string;
  /** As SageMaker says; absent where it knows no such endpoint. */
  endpoint?: ObservedEndpoint;
  /** As MLflow says; absent where nobody asked, and where it does not answer. */
  aliases?: Aliases;
  /** As CloudWatch says, before a canary is ordered. */
  alarms?: AlarmStates;
  /** What both versions served since the canary has traffic. */
  evidence?: Evidence;
  /** Whether the champion's endpoint configuration and model are there; absent where nobody looked. */
  championStands?: boolean;
}

/** The next thing to do about one endpoint. */
export type Action =
  | { type: "run-gates"; promotion: Operation }
  /** Write down what will be deployed, before anything of it is. */
  | { type: "intend"; promotion: Operation; previousConfig: string; canary: boolean }
  /** Bring the endpoint to `way.to`, which is made where it is not there. */
  | { type: "update-endpoint"; operation: Operation; way: UnderWay }
  /** Ask the endpoint until the right version answers. */
  | { type: "probe"; operation: Operation; way: UnderWay }
  /** Have SageMaker return from what it is doing. */
  | { type: "trip"; because: string }
  /** Take back what an earlier return left. */
  | { type: "clear-alarm" }
  /** The endpoint runs another configuration of ours than it should. */
  | { type: "repair"; previousConfig: string; because: string }
  /** Make the champion's configuration anew, which somebody deleted. */
  | { type: "restore-champion"; because: string }
  | { type: "notice"; what: "endpoint" | "alias"; because: string }
  | { type: "mirror-aliases"; aliases: Aliases }
  /** There is no more to it than an event. */
  | { type: "record"; event: EventDraft }
  /** SageMaker is at work: look again later. `beat`: and say that the deployment is watched over. */
  | { type: "wait"; because: string; beat: boolean }
  /** Nothing is left to do until a person acts. */
  | { type: "rest" };

/** SageMaker refuses an update in these states, and leaves them by itself. */
const busy = new Set(["Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"]);

export function isBusy({ status }: ObservedEndpoint): boolean {
  return busy.has(status);
}

export function isInService({ status }: ObservedEndpoint): boolean {
  return status === "InService";
}
