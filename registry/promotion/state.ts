import type { Deployment } from "../endpoint/deployment.ts";
import type { Evidence } from "../ledger/evidence.ts";
import type { Aliases, PromotionEvent } from "./events.ts";
import { isEnded } from "./machine.ts";
import { advance, isUnderWay, type Operation, type Step, type Target, targetOf } from "./operation.ts";

/** What the events of one endpoint add up to. */
export interface EndpointState {
  /** By id, oldest first. */
  operations: ReadonlyMap<string, Operation>;
  /** The promotion that has not ended. */
  promotion?: Operation;
  /** The rollback or repair that has not ended. */
  wayBack?: Operation;
  /** Which of the two is driven now: a repair goes before a promotion that waits. */
  inFlight?: Operation;
  /** Deployments that went live and were not rolled back from, oldest first. The last one is the champion; a rollback goes to the one before. */
  good: readonly Deployment[];
  /** The latest deployment of every version that was ever live: where `--to` may go. */
  everLive: ReadonlyMap<number, Deployment>;
  /** Every deployment that was to be brought up, by its endpoint configuration. */
  deployments: ReadonlyMap<string, Deployment>;
  /** Versions that were rolled back from, and not live since. */
  rolledBackFrom: ReadonlySet<number>;
  /** Rows to ask the endpoint with, by the digest of the package that answers them. */
  probeRows: ReadonlyMap<string, Evidence>;
  /** The configuration that the endpoint had when its last repair failed. */
  unrepaired?: string;
  /** What was last noticed of the world, in words. */
  noticed: Readonly<Partial<Record<"endpoint" | "alias" | "configuration", string>>>;
  /** MLflow's aliases as we last set them. */
  mirrored: Aliases;
  /** What else they were to be since then: a driver that died may have set any of it. */
  dueAliases: readonly Aliases[];
}

const untold: EndpointState = {
  operations: new Map(),
  good: [],
  everLive: new Map(),
  deployments: new Map(),
  rolledBackFrom: new Set(),
  probeRows: new Map(),
  noticed: {},
  mirrored: {},
  dueAliases: [],
};

/**
 * @param events in order
 * @param before what the events before them add up to; it stays as it is
 * @throws Error where an event cannot follow
 */
export function fold(events: Iterable<PromotionEvent>, before: EndpointState = untold): EndpointState {
  const told = {
    ...before,
    operations: new Map(before.operations),
    everLive: new Map(before.everLive),
    deployments: new Map(before.deployments),
    rolledBackFrom: new Set(before.rolledBackFrom),
    probeRows: new Map(before.probeRows),
    dueAliases: [...before.dueAliases],
  };
  for (const event of events) tell(told, event);
  return told;
}

export function champion({ good }: Pick<EndpointState, "good">): Deployment | undefined {
  return good.at(-1);
}

/** The aliases that the ledger asks for: `champion` is live, `challenger` passed the gates and is not live yet. */
export function aliasesOf(state: EndpointState): Aliases {
  const live = champion(state);
  const coming = state.promotion;
  const isJudged = coming !== undefined && coming.progress.state !== "requested";
  return { ...(live && { champion: live.version }), ...(isJudged && { challenger: coming.version }) };
}

/** An {@link EndpointState} that is being told. */
interface Telling extends EndpointState {
  operations: Map<string, Operation>;
  everLive: Map<number, Deployment>;
  deployments: Map<string, Deployment>;
  rolledBackFrom: Set<number>;
  probeRows: Map<string, Evidence>;
  dueAliases: Aliases[];
}

function tell(state: Telling, event: PromotionEvent): void {
  if (event.type === "noticed") {
    state.noticed = { ...state.noticed, [event.what]: event.reason };
  } else if (event.type === "mirrored") {
    state.mirrored = event.aliases;
    state.dueAliases = [];
    state.noticed = { ...state.noticed, alias: undefined };
  } else {
    step(state, event);
    state.dueAliases.push(aliasesOf(state));
  }
}

function step(state: Telling, event: Step): void {
  const at = (config: string) => targetAt(state, config);
  if (event.type === "rolling-back") {
    for (const givenUp of [state.promotion, state.wayBack]) {
      if (givenUp === undefined) continue;
      state.operations.set(givenUp.id, advance(givenUp, event, at));
      if (isUnderWay(givenUp.progress) && givenUp.kind === "promotion") state.rolledBackFrom.add(givenUp.version);
    }
    state.promotion = undefined;
    state.wayBack = undefined;
  }
  const before = state.operations.get(event.promotion);
  const operation = advance(before, event, at);
  state.operations.set(operation.id, operation);
  const open = isEnded(operation.progress.state) ? undefined : operation;
  if (operation.kind === "promotion") state.promotion = open;
  else state.wayBack = open;
  state.inFlight = state.wayBack ?? state.promotion;
  remember(state, before, event);
}

function remember(state: Telling, before: Operation | undefined, event: Step): void {
  const way = before !== undefined && isUnderWay(before.progress) ? before.progress : undefined;
  switch (event.type) {
    case "gates-passed":
      state.probeRows.set(event.candidate.package, event.probeRows);
      break;
    case "deploying":
    case "rolling-back":
      state.deployments.set(event.deployment.config, event.deployment);
      break;
    case "giving-up":
      if (before !== undefined) state.rolledBackFrom.add(before.version);
      break;
    case "live":
    case "rolled-back":
      state.unrepaired = undefined;
      state.noticed = { ...state.noticed, endpoint: undefined };
      // A repair, and a promotion that was given up, bring back what was meant to serve all the time.
      if (way?.to.deployment !== undefined && (event.type === "live" || before?.kind === "rollback")) {
        if (event.type === "rolled-back") state.rolledBackFrom.add(way.from.version);
        goLive(state, way.to.deployment);
      }
      break;
    case "failed":
      state.unrepaired = before?.kind === "repair" ? way?.from.config : undefined;
      break;
  }
}

/** Going live again takes back whatever was live since then. */
function goLive(state: Telling, deployment: Deployment): void {
  const earlier = state.good.findLastIndex(({ config }) => config === deployment.config);
  state.good = [...(earlier === -1 ? state.good : state.good.slice(0, earlier)), deployment];
  state.everLive.set(deployment.version, deployment);
  state.rolledBackFrom.delete(deployment.version);
}

function targetAt({ deployments }: EndpointState, config: string): Target {
  const deployment = deployments.get(config);
  return deployment === undefined ? { config, version: 0 } : targetOf(deployment);
}
