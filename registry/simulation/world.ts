import { type Descriptor, endpointOf } from "@falconry/environment/descriptor.ts";
import { alarmPeriodSeconds, canarySettings } from "@falconry/model/canary.ts";
import { promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";
import { heartbeatMetric, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import { type PromotionEvent, promotionEventSchema } from "../promotion/events.ts";
import { champion, type EndpointState, fold } from "../promotion/state.ts";
import type { AlarmRule } from "./alarm.ts";
import { Buckets } from "./buckets.ts";
import type { Clock } from "./clock.ts";
import type { Item } from "./expressions.ts";
import { Hosting, type Stock } from "./hosting.ts";
import { Monitoring } from "./monitoring.ts";
import type { Scenario } from "./scenario.ts";
import { Table } from "./table.ts";
import { Topic } from "./topic.ts";
import { type RegisteredVersion, Tracking } from "./tracking.ts";
import { Traffic } from "./traffic.ts";

/** How things stand when a run begins. */
export interface Beginning {
  descriptor: Descriptor;
  workload: string;
  objects: ReadonlyMap<string, readonly Uint8Array[]>;
  stock: Stock;
  versions: readonly RegisteredVersion[];
  /** The ledger's items. */
  items: ReadonlyMap<number, Item>;
  /** Sequences of the events that the topic was told. */
  told: Iterable<number>;
  aliases: Record<string, number>;
  /** The configuration that the endpoint serves. */
  config: string;
}

/** The services of one run. */
export class World {
  readonly descriptor: Descriptor;
  readonly workload: string;
  readonly canary: ReturnType<typeof canarySettings>;
  readonly ailments: Scenario["ailments"];
  readonly table: Table;
  readonly buckets: Buckets;
  readonly hosting: Hosting;
  readonly monitoring: Monitoring;
  readonly topic: Topic;
  readonly tracking: Tracking;
  /** Counts what was done past the registry. */
  handmade = 0;
  /** A configuration has just taken more of the traffic than a canary's share. */
  onWhole: (config: string, now: number) => void = () => {};
  readonly #events: PromotionEvent[] = [];
  /** By the sequence of the last event. */
  readonly #states: EndpointState[] = [fold([])];

  constructor(beginning: Beginning, scenario: Pick<Scenario, "courses" | "ailments" | "traffic">, clock: Clock) {
    const { descriptor, workload, objects, stock, versions, items, told, aliases, config } = beginning;
    const endpoint = endpointOf(descriptor, workload);
    this.descriptor = descriptor;
    this.workload = workload;
    this.canary = canarySettings(promotionSettingsSchema.parse(endpoint.promotion).rollout.canary);
    this.ailments = scenario.ailments;
    this.table = new Table(clock, items);
    this.buckets = new Buckets(objects);
    this.topic = new Topic(told);
    const alarm = (name: string, now: number) => this.monitoring.stateAt(name, now);
    const onWhole = (whole: string, now: number) => this.onWhole(whole, now);
    this.hosting = new Hosting({
      name: endpoint.name,
      config,
      stock,
      courses: scenario.courses,
      clock,
      buckets: this.buckets,
      alarm,
      onWhole,
    });
    const traffic = new Traffic({ ...scenario.traffic, ailments: scenario.ailments, windowSeconds: this.canary.windowSeconds });
    const rules = alarmRules(endpoint.alarms, alarmPeriodSeconds(this.canary));
    this.monitoring = new Monitoring(endpoint.name, rules, clock, traffic, () => this.hosting.spans);
    this.tracking = new Tracking(versions, aliases);
  }

  /** The ledger as it stands in the table, whatever any process believes. */
  get events(): readonly PromotionEvent[] {
    for (;;) {
      const text = this.table.text(this.#events.length + 1);
      if (text === undefined) return this.#events;
      const event = eventOf(text);
      this.#states.push(fold([event], this.#states.at(-1)));
      this.#events.push(event);
    }
  }

  /** What the ledger adds up to. */
  get state(): EndpointState {
    return this.stateAfter(this.events.length);
  }

  stateAfter(sequence: number): EndpointState {
    const state = this.#states[sequence];
    if (state === undefined) throw new Error(`the ledger has no event ${sequence} yet`);
    return state;
  }

  /** The audit bucket holds the hash of this event. */
  isWitnessed(sequence: number): boolean {
    const { name } = endpointOf(this.descriptor, this.workload);
    return this.buckets.bytes(`${this.descriptor.lake.audit}/${name}/${String(sequence).padStart(12, "0")}.json`) !== undefined;
  }

  /** Nobody holds the lease, and nobody who died with it is waited for. */
  isFree(now: Date): boolean {
    const { holder, until } = this.table.head ?? {};
    return holder === undefined || Date.parse(until?.S ?? "") <= now.getTime();
  }

  /** Counts what changed in any service. */
  get changes(): number {
    const { table, buckets, hosting, topic, tracking } = this;
    return table.writes + buckets.writes + hosting.changes + topic.messages + tracking.changes + this.handmade;
  }

  /** What the ledger says should serve. */
  get meantConfig(): string {
    const [endpoint] = Object.values(this.descriptor.endpoints);
    return champion(this.state)?.config ?? endpoint?.bootstrapConfig ?? "";
  }
}

/** As infrastructure makes them (D4). */
function alarmRules(names: { silent: string; unhealthy: string }, periodSeconds: number): AlarmRule[] {
  const once = { evaluationPeriods: 1, datapointsToAlarm: 1, threshold: 1 };
  return [
    {
      ...once,
      name: names.silent,
      metric: heartbeatMetric,
      period: periodSeconds,
      statistic: "Sum",
      breaches: "below",
      missing: "breaching",
    },
    {
      ...once,
      name: names.unhealthy,
      metric: unhealthyMetric,
      period: 10,
      statistic: "Maximum",
      breaches: "from",
      missing: "notBreaching",
    },
  ];
}

/** The same event is read in run after run of the same beginning. */
const parsed = new Map<string, PromotionEvent>();
const maxParsed = 1000;

function eventOf(text: string): PromotionEvent {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const event = promotionEventSchema.parse(JSON.parse(text));
  if (parsed.size < maxParsed) parsed.set(text, event);
  return event;
}
