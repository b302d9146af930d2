import { type Action, isBusy, isInService, type Observation } from "./action.ts";
import type { Aliases } from "./events.ts";
import { aliasesOf, champion, type EndpointState } from "./state.ts";

/** What the world did to the endpoint by itself while nobody was to touch it: what is ours is brought back, what is not is told once. */
export function drift(state: EndpointState, { endpoint, bootstrap, championStands }: Observation): Action | undefined {
  if (endpoint === undefined) return noticed(state, "endpoint", "SageMaker has no such endpoint");
  if (isBusy(endpoint)) return undefined;
  if (!isInService(endpoint))
    return noticed(state, "endpoint", `it is ${endpoint.status}: ${endpoint.failureReason ?? "SageMaker does not say why"}`);

  const live = champion(state);
  const meant = live?.config ?? bootstrap;
  const { config } = endpoint;
  if (config !== meant) {
    const because = `it runs ${config}, not ${meant}`;
    const isOurs = state.deployments.has(config) || config === bootstrap;
    if (isOurs && state.unrepaired !== config) return { type: "repair", previousConfig: config, because };
    return noticed(state, "endpoint", isOurs ? `${because}, and could not be brought back` : `${because}, and that is none of ours`);
  }
  if (live !== undefined && championStands === false) {
    return { type: "restore-champion", because: `configuration ${meant} of version ${live.version}, which is live, was deleted` };
  }
  return undefined;
}

/** MLflow's aliases follow the ledger. Where they say what we never set, that is told before it is mended. */
export function mirror(state: EndpointState, { aliases: seen }: Observation): Action | undefined {
  const due = aliasesOf(state);
  if (seen === undefined || isSame(seen, due)) return undefined;
  const foreign = (["champion", "challenger"] as const).filter((alias) => {
    const ours = [state.mirrored, ...state.dueAliases, due].map((aliases) => aliases[alias]);
    return !ours.includes(seen[alias]);
  });
  // All of it in one notice: two of a kind would each make the other news again.
  const because = foreign.map((alias) => `alias ${alias} was set to ${shown(seen[alias])}; it should be ${shown(due[alias])}`);
  const notice = foreign.length > 0 ? noticed(state, "alias", because.join(", and ")) : undefined;
  if (notice !== undefined) return notice;
  return { type: "mirror-aliases", aliases: due };
}

function isSame(one: Aliases, other: Aliases): boolean {
  return one.champion === other.champion && one.challenger === other.challenger;
}

function shown(version: number | undefined): string {
  return version === undefined ? "no version" : `version ${version}`;
}

function noticed(state: EndpointState, what: "endpoint" | "alias", because: string): Action | undefined {
  return state.noticed[what] === because ? undefined : { type: "notice", what, because };
}
