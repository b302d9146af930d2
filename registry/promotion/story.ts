import { type EndpointSettings, endpointOf } from "@falconry/environment/descriptor.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "../context.ts";
import { type ChainHead, genesis } from "../ledger/chain.ts";
import { Ledger } from "../ledger/ledger.ts";
import { type EventDraft, type PromotionEvent, promotionEvent, promotionEventSchema } from "./events.ts";
import { type EndpointState, fold, type Operation } from "./state.ts";

/** The ledger of a workload's endpoint as it was last read, and what it adds up to. */
export class Story {
  readonly workload: string;
  readonly endpoint: EndpointSettings;
  readonly ledger: Ledger;
  readonly #context: RegistryContext;
  #head: ChainHead = genesis;
  #events: PromotionEvent[] = [];
  #state: EndpointState = fold([]);

  private constructor(context: RegistryContext, workload: string) {
    this.workload = workload;
    this.endpoint = endpointOf(context.environment.descriptor, workload);
    this.ledger = new Ledger(context.environment, this.endpoint.name);
    this.#context = context;
  }

  /** @throws FalconryError `environment.no-endpoint`, `registry.ledger-corrupt` */
  static async read(context: RegistryContext, workload: string): Promise<Story> {
    const story = new Story(context, workload);
    await story.readOn();
    return story;
  }

  get events(): readonly PromotionEvent[] {
    return this.#events;
  }

  get state(): EndpointState {
    return this.#state;
  }

  /** The id that a promotion or rollback gets whose first event is the next one. */
  get nextId(): string {
    return `${this.workload}-${this.#head.sequence + 1}`;
  }

  operation(id: string): Operation {
    const operation = this.#state.operations.get(id);
    if (operation !== undefined) return operation;
    throw new FalconryError("registry.promotion-unknown", {
      message: `there is no promotion "${id}" on endpoint ${this.endpoint.name}`,
      hint: `Take an id from: falconry history ${this.workload}`,
    });
  }

  /** Reads what others have written since. */
  async readOn(): Promise<void> {
    const records = await this.ledger.read(this.#head);
    this.#head = records.at(-1) ?? this.#head;
    this.#tell([...this.#events, ...records.map(promotionEvent)]);
  }

  /**
   * Writes the next event, which rests on everything read so far.
   *
   * @throws FalconryError `registry.conflict` – somebody else wrote meanwhile: read on, decide again
   */
  async record(draft: EventDraft): Promise<void> {
    const event = { ...draft, time: this.#context.now().toISOString(), actor: this.#context.actor };
    // An event that could not be read or followed would stand in the ledger for ever: it is refused before it is written.
    const next = promotionEventSchema.parse({ ...event, sequence: this.#head.sequence + 1, previous: this.#head.hash });
    const { inFlight } = fold([...this.#events, next]);
    const record = await this.ledger.append(this.#head, event, inFlight?.id);
    this.#head = record;
    this.#tell([...this.#events, promotionEvent(record)]);
  }

  /** Writes the last event's witness where a crash left it out. */
  witness(): Promise<void> {
    return this.ledger.witness(this.#head);
  }

  #tell(events: PromotionEvent[]): void {
    this.#events = events;
    this.#state = fold(events);
  }
}

/** The workload of `falcon-7`. @throws FalconryError `registry.promotion-unknown` */
export function workloadOf(promotion: string): string {
  const [, workload] = /^(.+)-[1-9]\d*$/.exec(promotion) ?? [];
  if (workload !== undefined) return workload;
  throw new FalconryError("registry.promotion-unknown", {
    message: `"${promotion}" is no id of a promotion: it looks like falcon-7`,
    hint: "Take an id from: falconry status",
  });
}
