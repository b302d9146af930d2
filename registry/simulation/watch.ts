import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { GetItemCommand, QueryCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { CreateEndpointConfigCommand, CreateModelCommand, UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import { heartbeatMetric } from "@falconry/model/rollout-metrics.ts";
import type { PromotionEvent } from "../promotion/events.ts";
import { isUnderWay, type UnderWay } from "../promotion/operation.ts";
import { champion, type EndpointState } from "../promotion/state.ts";
import type { Clock } from "./clock.ts";
import type { Item } from "./expressions.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** Between a pass's look at the clock and its heartbeat some calls go by. */
const passMilliseconds = 3_000;
/** Whoever looks after so long sees what a stranger did. */
const noticedMilliseconds = 1_000;

/** What is answered by these leaves nothing of the ledger unknown: who finds the head where it left it, has read all that stands before. */
const tells = [GetItemCommand, QueryCommand, TransactWriteItemsCommand];

/** An eye on each effect as it happens: what may never be, not even for a moment. */
export class Watch {
  /** What was seen that may never be. */
  readonly violations = new Set<string>();
  /** Orders to SageMaker that were overtaken: when they arrived, the ledger had come further. */
  strays = 0;
  /** Configurations that a stranger had the endpoint brought to. */
  readonly strangers = new Set<string>();
  readonly #world: World;
  readonly #clock: Clock;
  /** Configurations whose right answers were heard since they were last meant to be brought up. */
  readonly #heard = new Set<string>();
  /** Since when a configuration serves that the ledger knows nothing of. */
  #strangerSince: number | undefined;
  #seen: number;
  #settled: number;
  #lease: { holder: string; fence: number; until: number; process: Process } | undefined;
  readonly #fences = new Map<Process, number>();

  constructor(world: World, clock: Clock) {
    this.#world = world;
    this.#clock = clock;
    this.#seen = world.events.length;
    this.#settled = this.#seen;
    world.onWhole = (config, now) => this.#whole(config, now);
  }

  /** A process sends a command: it may know only so much. */
  sent(process: Process, command: object): void {
    if (command instanceof PutMetricDataCommand && command.input.MetricData?.some(({ MetricName }) => MetricName === heartbeatMetric)) {
      this.#heartbeat(process);
    }
    if (!(command instanceof UpdateEndpointCommand) || process.heldUp || this.#lease?.process === process) return;
    this.violations.add(`${process.name} orders ${command.input.EndpointConfigName} without the lease`);
  }

  /** DynamoDB has answered a process. */
  ledgerAnswered(process: Process, command: object): void {
    const { events, table } = this.#world;
    this.#watchLease(process, table.head ?? {});
    if (tells.some((kind) => command instanceof kind)) process.knows = events.length;
    for (const event of events.slice(this.#seen)) this.#written(event, process);
    this.#seen = events.length;
    this.#watchSettled(Number(table.head?.settled?.N ?? 0));
  }

  /** An order is about to reach SageMaker: its intention stands in the ledger. */
  ordered(command: object): void {
    if (command instanceof CreateModelCommand) this.#expectIntended(command.input.ModelName, command);
    if (command instanceof CreateEndpointConfigCommand) this.#expectIntended(command.input.EndpointConfigName, command);
    if (command instanceof UpdateEndpointCommand) this.#update(command);
    if (/^(Delete|Stop)/.test(command.constructor.name)) this.violations.add(`the product sent ${command.constructor.name}`);
  }

  /** Somebody asked the endpoint, and it answered. */
  answered(): void {
    const { hosting } = this.#world;
    if (hosting.answersRight) this.#heard.add(hosting.servingConfig);
  }

  /** The registry says "champion" only of what was proven to serve. */
  aliasSet(alias: string, version: number): void {
    if (alias === "champion" && !this.#world.state.everLive.has(version)) {
      this.violations.add(`version ${version} was called champion before it was live`);
    }
  }

  /** A lease is taken only when the one before was given back, or has run out. */
  #watchLease(process: Process, head: Item): void {
    const { holder, fence, until } = head;
    if (holder?.S === undefined) this.#lease = undefined;
    else if (Number(fence?.N) !== this.#lease?.fence) {
      const before = this.#lease;
      this.#lease = { holder: holder.S, fence: Number(fence?.N), until: Date.parse(until?.S ?? ""), process };
      this.#fences.set(process, this.#lease.fence);
      const isOthers = before !== undefined && before.holder !== holder.S && before.until > this.#clock.milliseconds;
      if (isOthers && !process.heldUp) this.violations.add(`${process.name} takes the lease that ${before.process.name} holds`);
    }
  }

  #written(event: PromotionEvent, process: Process): void {
    const own = this.#fences.get(process);
    const current = Number(this.#world.table.head?.fence?.N ?? 0);
    if (own !== undefined && own !== current) {
      this.violations.add(`event ${event.sequence} (${event.type}) was written by ${process.name}, whose lease another has taken`);
    }
    switch (event.type) {
      case "deploying":
      case "rolling-back":
        this.#heard.delete(event.deployment.config);
        break;
      case "repairing":
        this.#heard.delete(event.config);
        if (this.#strangerSince !== undefined && this.#clock.milliseconds - this.#strangerSince > noticedMilliseconds && !process.heldUp) {
          this.violations.add(`${event.promotion} repairs what a stranger made`);
        }
        break;
      case "giving-up":
        this.#heard.delete(this.#underWay(event)?.to.config ?? "");
        this.#judged(event, event.by === "judge" && event.judgement?.verdict === "unhealthy" ? "unhealthy" : undefined);
        break;
      case "completing":
        this.#judged(event, event.judgement.verdict);
        if (event.judgement.verdict !== "healthy") this.violations.add(`${event.promotion} is completed as ${event.judgement.verdict}`);
        break;
      case "live":
      case "rolled-back":
        if (event.version > 0 && !this.#heard.has(event.config)) {
          this.violations.add(`event ${event.sequence} says ${event.type}, and ${event.config} never gave a right answer`);
        }
    }
  }

  /** The judge calls no ailing version healthy, and no sound one unhealthy. Beside an ailing champion anything may look like anything. */
  #judged({ sequence, promotion }: PromotionEvent, verdict: string | undefined): void {
    const { ailments } = this.#world;
    const before = this.#world.stateAfter(sequence - 1);
    const challenger = before.operations.get(promotion)?.version ?? 0;
    const ailmentOf = (version: number) => ailments[String(version)] ?? "none";
    if (ailmentOf(champion(before)?.version ?? 0) !== "none") return;
    const isSound = ailmentOf(challenger) === "none";
    if ((verdict === "healthy" && !isSound) || (verdict === "unhealthy" && isSound)) {
      this.violations.add(`${promotion}: the judge calls version ${challenger} ${verdict}, what ails it is: ${ailmentOf(challenger)}`);
    }
  }

  /** What is settled was witnessed, and told in its order. */
  #watchSettled(settled: number): void {
    const { topic } = this.#world;
    if (settled <= this.#settled) return;
    for (let sequence = this.#settled + 1; sequence <= settled; sequence++) {
      if (!topic.told.has(sequence)) this.violations.add(`event ${sequence} counts as settled, and nobody was told`);
      if (!this.#world.isWitnessed(sequence)) this.violations.add(`event ${sequence} counts as settled, and has no witness`);
    }
    this.#settled = settled;
  }

  #update({ input }: UpdateEndpointCommand): void {
    const { EndpointConfigName: config } = input;
    if (!this.#ways().some(({ to, from }) => to === config || from === config)) {
      this.violations.add(`the endpoint is ordered to ${config}, which no event of the ledger intends`);
    }
    const way = wayUnder(this.#world.state);
    if (way?.to.config !== config) this.strays++;
  }

  /** Where the ledger said that the endpoint goes, and came from. */
  #ways(): { to: string; from: string; model?: string }[] {
    return this.#world.events.flatMap((event) => {
      if (event.type === "repairing") return [{ to: event.config, from: event.previousConfig }];
      if (event.type !== "deploying" && event.type !== "rolling-back") return [];
      return [{ to: event.deployment.config, from: event.previousConfig, model: event.deployment.model }];
    });
  }

  #expectIntended(name: string | undefined, command: object): void {
    if (this.#ways().some(({ to, from, model }) => to === name || from === name || model === name)) return;
    this.violations.add(`${command.constructor.name} of ${name}, which no event of the ledger intends`);
  }

  /** More than a canary's share is only for what was found healthy, for what was live before, and for the very first version. */
  #whole(config: string, now: number): void {
    const { state, descriptor } = this.#world;
    const isBootstrap = Object.values(descriptor.endpoints).some(({ bootstrapConfig }) => bootstrapConfig === config);
    const wasLive = [...state.good, ...state.everLive.values()].some((deployment) => deployment.config === config);
    this.#strangerSince = isBootstrap || state.deployments.has(config) ? undefined : now;
    if (isBootstrap || wasLive || this.strangers.has(config)) return;
    const own = this.#world.events.filter((event) => event.type === "deploying" && event.deployment.config === config);
    const promotion = own.at(-1)?.promotion ?? "";
    const deploying = own.at(-1);
    const isFirst = deploying?.type === "deploying" && champion(this.#world.stateAfter(deploying.sequence)) === undefined;
    const isHealthy = this.#world.events.some((event) => event.type === "completing" && event.promotion === promotion);
    if (!isFirst && !isHealthy) this.violations.add(`${config} takes all of the traffic, and was not found healthy`);
  }

  /** A heartbeat carries a deployment on: who knows that it is given up, or that the time for a verdict is over, sends none. */
  #heartbeat(process: Process): void {
    const state = this.#world.stateAfter(process.knows);
    const { inFlight } = state;
    const way = wayUnder(state);
    const says = `${process.name} sends a heartbeat`;
    if (inFlight === undefined || (way !== undefined && !["deploying", "canary", "completing"].includes(way.state))) {
      this.violations.add(`${says}, and what it knows of is ${inFlight?.progress.state ?? "nothing"}`);
    }
    if (way?.state !== "canary" || way.bakingSince === undefined || process.heldUp) return;
    const { maxBakeSeconds, silenceToAlarmSeconds } = this.#world.canary;
    const end = Date.parse(way.bakingSince) + (maxBakeSeconds - silenceToAlarmSeconds) * 1000;
    if (this.#clock.milliseconds > end + passMilliseconds) this.violations.add(`${says} after the time for a verdict`);
  }

  #underWay({ sequence, promotion }: PromotionEvent): UnderWay | undefined {
    const progress = this.#world.stateAfter(sequence).operations.get(promotion)?.progress;
    return progress && isUnderWay(progress) ? progress : undefined;
  }
}

function wayUnder({ inFlight }: EndpointState): UnderWay | undefined {
  return inFlight !== undefined && isUnderWay(inFlight.progress) ? inFlight.progress : undefined;
}
