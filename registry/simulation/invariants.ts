import { FalconryError } from "@falconry/environment/error.ts";
import { packageDigest } from "../endpoint/package.ts";
import type { PromotionEvent } from "../promotion/events.ts";
import { champion, type EndpointState, fold } from "../promotion/state.ts";
import type { WorkloadStatus } from "../status.ts";
import type { Network, Process } from "./network.ts";
import { badVersion } from "./scenario.ts";
import type { World } from "./world.ts";

/** What strangers did past the registry: excuses for what could not go well. */
export interface Strangers {
  updates: number;
  deletions: string[];
  overwritten: number[];
}

/** All that is left when everything has come to rest. */
export interface Remains {
  world: World;
  network: Network;
  processes: readonly Process[];
  strangers: Strangers;
  /** The reconcile that nothing disturbed; its answer is the status. */
  last: Process;
  audit: Process;
}

/** What must hold, whatever happened; one sentence for each thing that does not. */
export function violationsOf(remains: Remains): string[] {
  const { world, last, audit } = remains;
  const calm = [last, audit].filter(({ state }) => state !== "done").map(({ name, error }) => `${name} fails: ${error}`);
  const [status] = last.state === "done" ? statusOf(last.answer) : [];
  const state = fold(world.events);
  return [
    ...world.violations,
    ...world.hosting.brokenPackages.map((source) => `a container was given ${source}, which is not whole`),
    ...calm,
    ...bugs(remains),
    ...unapproved(world.events),
    ...unjust(remains),
    ...(status === undefined ? [] : [...disagreements(remains, state, status), ...unsettled(state, status)]),
    ...lost(remains, state),
  ];
}

function statusOf(answer: unknown): WorkloadStatus[] {
  const { workloads } = answer as { workloads: WorkloadStatus[] };
  return workloads;
}

/** A program may be refused with words, or meet what the network did to it; everything else is a bug. */
function bugs({ processes, network }: Remains): string[] {
  const failed = processes.filter(({ state, error }) => state === "failed" && !(error instanceof FalconryError) && !network.wasMade(error));
  return failed.map(({ name, error }) => `${name} met a bug: ${error instanceof Error ? error.stack : error}`);
}

/** Nothing is deployed that did not pass the gates and was not approved, and then only the very package. */
function unapproved(events: readonly PromotionEvent[]): string[] {
  const violations: string[] = [];
  const live = new Set<string>();
  for (const event of events) {
    if (event.type === "live" || event.type === "rolled-back") live.add(event.config);
    if (event.type === "gates-passed" && event.candidate.version === badVersion) violations.push("the bad version passed the gates");
    if (event.type === "rolling-back" && !live.has(event.deployment.config))
      violations.push(`${event.promotion} goes to what never was live`);
    if (event.type !== "deploying") continue;
    const before = events.filter(({ promotion, sequence }) => promotion === event.promotion && sequence < event.sequence);
    const passed = before.find(({ type }) => type === "gates-passed");
    const approved = before.some(({ type }) => type === "approved");
    const isJudged = passed?.type === "gates-passed" && passed.candidate.package === event.deployment.package;
    if (!approved || !isJudged) violations.push(`${event.promotion} is deployed without ${approved ? "gates" : "approval"}`);
  }
  return violations;
}

/** A promotion is refused for what is wrong with its version, and fails for what is wrong with the endpoint: never for what befell a driver. */
function unjust({ world, network, strangers }: Remains): string[] {
  const endpointWasDisturbed =
    world.hosting.troubles > 0 ||
    world.strays > 0 ||
    strangers.updates + strangers.deletions.length + strangers.overwritten.length > 0 ||
    network.befallen.some((what) => what === "throttled InvokeEndpointCommand" || what === "answers-stale DescribeEndpointCommand");
  return world.events.flatMap((event) => {
    if (event.type === "failed" && !endpointWasDisturbed)
      return [`${event.promotion} failed, and the endpoint did nothing wrong: ${event.reason}`];
    if (event.type !== "gates-failed") return [];
    const request = world.events.find(({ type, promotion }) => type === "requested" && promotion === event.promotion);
    const version = request?.type === "requested" ? request.version : 0;
    if (version === badVersion || strangers.overwritten.includes(version)) return [];
    const failed = event.gates.filter(({ passed }) => !passed).map(({ name, measured }) => `${name}: ${measured}`);
    return [`${event.promotion} was refused, and version ${version} is good: ${failed.join("; ")}`];
  });
}

/** Ledger, registry and endpoint say the same; where strangers or overtaken orders moved the endpoint, status says so. */
function disagreements({ world, strangers }: Remains, state: EndpointState, status: WorkloadStatus): string[] {
  const { hosting, tracking } = world;
  const violations: string[] = [];
  const live = champion(state);
  const challenger = state.inFlight?.kind === "promotion" ? state.inFlight.version : undefined;
  if (tracking.aliases.champion !== live?.version) violations.push(`alias champion is ${tracking.aliases.champion}, not ${live?.version}`);
  if (tracking.aliases.challenger !== challenger) violations.push(`alias challenger is ${tracking.aliases.challenger}, not ${challenger}`);
  if (status.champion?.version !== live?.version) violations.push(`status says that the champion is ${status.champion?.version}`);
  const serves = hosting.servingConfig;
  if (serves === world.meantConfig) {
    if (!status.agrees) violations.push(`all agree, and status says: ${status.differences.join("; ")}`);
    return violations;
  }
  if (!status.differences.some((difference) => difference.includes(serves))) violations.push(`status does not say that ${serves} serves`);
  if (world.strays + strangers.updates === 0 && !gaveUp(world.events, strangers))
    violations.push(`${serves} serves, not ${world.meantConfig}, and nobody interfered`);
  return violations;
}

/** A rollback, or the way back from a promotion, that SageMaker could not or would not bring up: the ledger and its command said so. */
function gaveUp(events: readonly PromotionEvent[], { deletions }: Strangers): boolean {
  const rollbacks = new Set(events.filter(({ type }) => type === "rolling-back").map(({ promotion }) => promotion));
  return events.some(
    (event) =>
      event.type === "failed" &&
      (rollbacks.has(event.promotion) || event.reason.includes("could not be brought back") || deletions.length > 0),
  );
}

/** Only a person can carry it further. */
function unsettled(state: EndpointState, status: WorkloadStatus): string[] {
  const resting = state.inFlight?.progress.state ?? "awaiting-approval";
  return resting === "awaiting-approval" ? [] : [`it rests at ${resting}, says status ${status.state}`];
}

/** Every good version can be gone back to: its package is whole, and what strangers left alone is there. */
function lost({ world, strangers }: Remains, { good }: EndpointState): string[] {
  const { buckets, hosting, descriptor } = world;
  return good.flatMap(({ version, package: digest, model, config }) => {
    const file = (name: string) => buckets.objects.get(`${descriptor.lake.models}/${digest}/${name}`) ?? Buffer.alloc(0);
    const isWhole = packageDigest({ MLmodel: file("MLmodel"), "model.onnx": file("model.onnx") }) === digest;
    const isThere = hosting.models.has(model) && (hosting.configs.has(config) || strangers.deletions.includes(config));
    return isWhole && isThere ? [] : [`version ${version}, which was good, cannot be gone back to`];
  });
}
