import { FalconryError } from "@falconry/environment/error.ts";
import { packageDigest } from "@falconry/model/package.ts";
import type { PromotionEvent } from "../promotion/events.ts";
import { isUnderWay } from "../promotion/operation.ts";
import { champion, type EndpointState } from "../promotion/state.ts";
import type { WorkloadStatus } from "../status.ts";
import type { Network } from "./network.ts";
import type { Process } from "./process.ts";
import { badVersion, enoughTraffic, type Scenario } from "./scenario.ts";
import type { Watch } from "./watch.ts";
import type { World } from "./world.ts";

/** Two passes of the slowest driver, and its calls. */
const tripSeconds = 20;

/** What strangers did past the registry: excuses for what could not go well. */
export interface Strangers {
  updates: number;
  deletions: string[];
  overwritten: number[];
}

/** All that is left when everything has come to rest. */
export interface Remains {
  world: World;
  watch: Watch;
  network: Network;
  scenario: Scenario;
  processes: readonly Process[];
  strangers: Strangers;
  /** The reconcile that nothing disturbed; its answer is the status. */
  last: Process;
  audit: Process;
}

/** What must hold, whatever happened; one sentence for each thing that does not. */
export function violationsOf(remains: Remains): string[] {
  const { world, watch, last, audit } = remains;
  const calm = [last, audit].filter(({ state }) => state !== "done").map(({ name, error }) => `${name} fails: ${error}`);
  const [status] = last.state === "done" ? statusOf(last.answer) : [];
  return [
    ...watch.violations,
    ...world.hosting.brokenPackages.map((source) => `a container was given ${source}, which is not whole`),
    ...calm,
    ...bugs(remains),
    ...unapproved(world.events),
    ...unjust(remains),
    ...slow(remains),
    ...(status === undefined ? [] : [...disagreements(remains, status), ...unsettled(world.state, status)]),
    ...untold(world),
    ...lost(remains),
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

/** Nothing is deployed that did not pass the gates and was not approved by another than who asked and who trained, and then only the very package. */
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
    const requested = before.find(({ type }) => type === "requested");
    const passed = before.find((each) => each.type === "gates-passed");
    const approved = before.find(({ type }) => type === "approved");
    const isJudged = passed?.candidate.package === event.deployment.package;
    if (!approved || !isJudged) violations.push(`${event.promotion} is deployed without ${approved ? "gates" : "approval"}`);
    if (approved !== undefined && [requested?.actor, passed?.trainedBy].includes(approved.actor))
      violations.push(`${event.promotion} was approved by ${approved.actor}, who asked for it or trained it`);
  }
  return violations;
}

/** A promotion is refused for what is wrong with its version, and given up for what is wrong with it, with the endpoint, or with Falconry: never for nothing. */
function unjust(remains: Remains): string[] {
  const { world, strangers } = remains;
  return world.events.flatMap((event) => {
    const version = world.state.operations.get(event.promotion)?.version ?? 0;
    const isUnexplained = event.type === "failed" || (event.type === "giving-up" && event.by !== "person" && event.by !== "judge");
    if (isUnexplained && !wasTroubled(remains))
      return [`${event.promotion}: ${event.type}, and the endpoint did nothing wrong: ${event.reason}`];
    if (event.type === "giving-up" && event.by !== "person" && isCalm(remains, version))
      return [`${event.promotion}: ${event.type}, and nothing was wrong: ${event.reason}`];
    if (event.type !== "gates-failed" || version === badVersion || strangers.overwritten.includes(version)) return [];
    const failed = event.gates.filter(({ passed }) => !passed).map(({ name, measured }) => `${name}: ${measured}`);
    return [`${event.promotion} was refused, and version ${version} is good: ${failed.join("; ")}`];
  });
}

/** The endpoint, or what is known of it, was not as it should be. */
function wasTroubled({ world, watch, network, strangers }: Remains): boolean {
  const { troubles, returns } = world.hosting;
  const wasMisread = network.befallen.some(
    (what) => what === "throttled InvokeEndpointCommand" || what === "answers-stale DescribeEndpointCommand",
  );
  return (
    wasMisread || troubles + returns + watch.strays + strangers.updates + strangers.deletions.length + strangers.overwritten.length > 0
  );
}

/** What is given up while it bakes does not wait for the heartbeat to be missed: the champion answers again within seconds. */
function slow({ world, network, scenario, strangers }: Remains): string[] {
  if (network.befallen.length + strangers.updates > 0 || scenario.steps.some(({ act }) => act.type === "dead")) return [];
  return world.events.flatMap((event) => {
    const before = world.stateAfter(event.sequence - 1).inFlight?.progress;
    if (event.type !== "rolled-back" || before === undefined || !isUnderWay(before)) return [];
    const { givenUpBy, because, canary } = before;
    const isTripped = givenUpBy === "person" || (givenUpBy === "judge" && because?.includes("inconclusive") === false);
    return isTripped && canary && event.seconds > tripSeconds
      ? [`${event.promotion} was given up, and went back after ${event.seconds} s`]
      : [];
  });
}

/** Nothing befell a driver, the endpoint or the version, and there is enough to judge. */
function isCalm({ world, watch, network, strangers, scenario }: Remains, version: number): boolean {
  const isUndisturbed = network.befallen.length === 0 && watch.strays + world.hosting.troubles + strangers.updates === 0;
  const isUntouched = strangers.deletions.length + strangers.overwritten.length === 0;
  const isSound = Object.keys(world.ailments).every((each) => Number(each) !== version || world.ailments[each] === "none");
  const wasAlive = scenario.steps.every(({ act }) => act.type !== "dead");
  const wereSoundBefore = world.events.every(
    (event) => event.type !== "live" || (world.ailments[String(event.version)] ?? "none") === "none",
  );
  return isUndisturbed && isUntouched && isSound && wasAlive && wereSoundBefore && scenario.traffic.requestsPerSecond >= enoughTraffic;
}

/** Ledger, registry and endpoint say the same; only where a stranger's own configuration serves, or SageMaker could not bring ours up, the endpoint may differ, and status says so. */
function disagreements({ world, watch }: Remains, status: WorkloadStatus): string[] {
  const { hosting, tracking, state } = world;
  const violations: string[] = [];
  const live = champion(state);
  const challenger = state.promotion?.version;
  if (tracking.aliases.champion !== live?.version) violations.push(`alias champion is ${tracking.aliases.champion}, not ${live?.version}`);
  if (tracking.aliases.challenger !== challenger) violations.push(`alias challenger is ${tracking.aliases.challenger}, not ${challenger}`);
  if (status.champion?.version !== live?.version) violations.push(`status says that the champion is ${status.champion?.version}`);
  const serves = hosting.servingConfig;
  if (serves === world.meantConfig) {
    if (!status.agrees) violations.push(`all agree, and status says: ${status.differences.join("; ")}`);
    return violations;
  }
  if (!status.differences.some((difference) => difference.includes(serves))) violations.push(`status does not say that ${serves} serves`);
  const isStrangers =
    watch.strangers.has(serves) && !world.events.some((event) => "deployment" in event && event.deployment.config === serves);
  if (!isStrangers && !gaveUp(world.events)) violations.push(`${serves} serves, not ${world.meantConfig}, and nobody was told why`);
  return violations;
}

/** The last way back failed: SageMaker could not or would not bring it up, and a person was told. */
function gaveUp(events: readonly PromotionEvent[]): boolean {
  const last = events.findLast(({ type }) => type === "failed" || type === "rolled-back" || type === "live");
  return last?.type === "failed";
}

/** Only a person can carry it further. */
function unsettled(state: EndpointState, status: WorkloadStatus): string[] {
  const resting = state.inFlight?.progress.state ?? "awaiting-approval";
  return resting === "awaiting-approval" ? [] : [`it rests at ${resting}, says status ${status.state}`];
}

/** Every event was told at least once, in the order of the ledger, and has its witness. */
function untold(world: World): string[] {
  const { events, topic } = world;
  const told = [...topic.told];
  const isInOrder = told.every((sequence, at) => at === 0 || sequence > (told[at - 1] ?? 0));
  const missing = events.filter(({ sequence }) => !topic.told.has(sequence));
  return [
    ...(isInOrder ? [] : [`events were told in the order ${told.join(", ")}`]),
    ...missing.map(({ sequence, type }) => `nobody was told of event ${sequence} (${type})`),
    ...events.filter(({ sequence }) => !world.isWitnessed(sequence)).map(({ sequence }) => `event ${sequence} has no witness`),
  ];
}

/** Every good version can be gone back to: its package is whole, and what strangers left alone is there; the champion's stands in any case. */
function lost({ world, strangers }: Remains): string[] {
  const { buckets, hosting, descriptor, state } = world;
  return state.good.flatMap((deployment) => {
    const { version, package: digest, model, config } = deployment;
    const file = (name: string) => buckets.bytes(`${descriptor.lake.models}/${digest}/${name}`) ?? Buffer.alloc(0);
    const isWhole = packageDigest({ MLmodel: file("MLmodel"), "model.onnx": file("model.onnx") }) === digest;
    const mayBeGone = strangers.deletions.includes(config) && (deployment !== champion(state) || hosting.servingConfig !== config);
    const isThere = hosting.models.has(model) && (hosting.configs.has(config) || mayBeGone);
    return isWhole && isThere ? [] : [`version ${version}, which was good, cannot be gone back to`];
  });
}
