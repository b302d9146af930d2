import { CreateEndpointConfigCommand, CreateModelCommand, UpdateEndpointCommand } from "@aws-sdk/client-sagemaker";
import { type Descriptor, endpointOf } from "@falconry/environment/descriptor.ts";
import { type PromotionEvent, promotionEventSchema } from "../promotion/events.ts";
import { champion, fold } from "../promotion/state.ts";
import { Buckets } from "./buckets.ts";
import type { Clock } from "./clock.ts";
import { type Course, Hosting, type Stock } from "./hosting.ts";
import { type Item, Table } from "./table.ts";
import { type RegisteredVersion, Tracking } from "./tracking.ts";

/** How things stand when a run begins. */
export interface Beginning {
  descriptor: Descriptor;
  workload: string;
  objects: ReadonlyMap<string, Uint8Array>;
  stock: Stock;
  versions: readonly RegisteredVersion[];
  /** The ledger's items. */
  items: ReadonlyMap<number, Item>;
  aliases: Record<string, number>;
  /** The configuration that the endpoint serves. */
  config: string;
}

/** The services of one run, with an eye on each effect as it happens: what may never be, not even for a moment. */
export class World {
  readonly descriptor: Descriptor;
  readonly table: Table;
  readonly buckets: Buckets;
  readonly hosting: Hosting;
  readonly tracking: Tracking;
  /** What was seen that may never be. */
  readonly violations: string[] = [];
  /** Orders to SageMaker that were overtaken: when they arrived, the ledger had come further. */
  strays = 0;
  /** Configurations whose right answers were heard since they were last meant to be brought up. */
  readonly #heard = new Set<string>();
  readonly #parsed = new Map<string, PromotionEvent>();
  #seen: number;

  constructor(beginning: Beginning, courses: readonly Course[], clock: Clock) {
    const { descriptor, workload, objects, stock, versions, items, aliases, config } = beginning;
    const { name } = endpointOf(descriptor, workload);
    this.descriptor = descriptor;
    this.table = new Table(clock, items);
    this.buckets = new Buckets(objects);
    this.hosting = new Hosting(name, config, stock, courses, clock, this.buckets);
    this.tracking = new Tracking(versions, aliases);
    this.#seen = this.table.texts.length;
  }

  /** The ledger as it stands in the table, whatever any process believes. */
  get events(): PromotionEvent[] {
    return this.table.texts.map((text) => {
      const event = this.#parsed.get(text) ?? promotionEventSchema.parse(JSON.parse(text));
      this.#parsed.set(text, event);
      return event;
    });
  }

  /** Something may have been written to the ledger. */
  watchLedger(): void {
    for (const event of this.events.slice(this.#seen)) {
      this.#seen++;
      if (event.type === "deploying" || event.type === "rolling-back") this.#heard.delete(event.deployment.config);
      const isProven = (event.type !== "live" && event.type !== "rolled-back") || this.#heard.has(event.config);
      if (!isProven) this.violations.push(`event ${event.sequence} says ${event.type}, and ${event.config} never gave a right answer`);
    }
  }

  /** An order is about to reach SageMaker: its intention stands in the ledger. */
  watchOrder(command: object): void {
    if (command instanceof CreateModelCommand) this.#expectIntended(command.input.ModelName, command);
    if (command instanceof CreateEndpointConfigCommand) this.#expectIntended(command.input.EndpointConfigName, command);
    if (command instanceof UpdateEndpointCommand) this.#watchUpdate(command);
    if (/^(Delete|Stop)/.test(command.constructor.name)) this.violations.push(`the product sent ${command.constructor.name}`);
  }

  #watchUpdate(command: UpdateEndpointCommand): void {
    const { EndpointConfigName: config } = command.input;
    if (!this.#intentions.some(({ previousConfig }) => previousConfig === config)) this.#expectIntended(config, command);
    const progress = fold(this.events).inFlight?.progress;
    const isMeant = progress !== undefined && "deployment" in progress;
    if (!isMeant || (progress.deployment.config !== config && progress.state !== "returning")) this.strays++;
  }

  get #intentions() {
    return this.events.filter((event) => event.type === "deploying" || event.type === "rolling-back");
  }

  /** Somebody asked the endpoint, and it answered. */
  watchAnswer(): void {
    if (this.hosting.answersRight) this.#heard.add(this.hosting.servingConfig);
  }

  /** The registry says "champion" only of what was proven to serve. */
  watchAlias(alias: string, version: number): void {
    const { everLive } = fold(this.events);
    if (alias === "champion" && !everLive.has(version)) this.violations.push(`version ${version} was called champion before it was live`);
  }

  /** What the ledger says should serve. */
  get meantConfig(): string {
    const [endpoint] = Object.values(this.descriptor.endpoints);
    return champion(fold(this.events))?.config ?? endpoint?.bootstrapConfig ?? "";
  }

  #expectIntended(name: string | undefined, command: object): void {
    if (this.#intentions.some(({ deployment }) => deployment.config === name || deployment.model === name)) return;
    this.violations.push(`${command.constructor.name} of ${name}, which no event of the ledger intends`);
  }
}
