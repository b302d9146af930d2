import { type EndpointSettings, endpointOf } from "@falconry/environment/descriptor.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "../context.ts";
import { genesis, type LedgerRecord } from "../ledger/chain.ts";
import type { Lease } from "../ledger/head.ts";
import { Ledger } from "../ledger/ledger.ts";
import type { Standing } from "../notifications/notification.ts";
import { type EventDraft, type PromotionEvent, promotionEvent, promotionEventSchema } from "./events.ts";
import type { Told } from "./memory.ts";
import type { Operation } from "./operation.ts";
import { champion, type EndpointState, fold } from "./state.ts";

/** Other writers may be at work at the same time; each conflict means that one of them came further. */
const maxConflicts = 20;
/** After a driver died, others wait so long. One that lives renews it while it works; whoever is late is refused when it writes. */
const leaseSeconds = 5;
const renewalMilliseconds = 2_000;

/** The ledger of a workload's endpoint as it was last read, and what it adds up to. */
export class Story {
  readonly workload: string;
  readonly endpoint: EndpointSettings;
  readonly #ledger: Ledger;
  readonly #context: RegistryContext;
  #told: Told;
  #lease: Lease | undefined;

  private constructor(context: RegistryContext, workload: string) {
    this.workload = workload;
    this.endpoint = endpointOf(context.environment.descriptor, workload);
    this.#ledger = new Ledger(context.environment, this.endpoint.name);
    this.#context = context;
    this.#told = context.memory.told(this.endpoint.name) ?? { head: genesis, state: fold([]), unsettled: [] };
  }

  /** @throws FalconryError `environment.no-endpoint`, `registry.ledger-corrupt` */
  static async read(context: RegistryContext, workload: string): Promise<Story> {
    const story = new Story(context, workload);
    await story.readOn();
    return story;
  }

  get state(): EndpointState {
    return this.#told.state;
  }

  /** Place of the last event that was read. */
  get sequence(): number {
    return this.#told.head.sequence;
  }

  /** The id that an operation gets whose first event is the next one. */
  get nextId(): string {
    return `${this.workload}-${this.sequence + 1}`;
  }

  /** There are events that nobody may have been told of. */
  get isUnsettled(): boolean {
    return this.#told.unsettled.length > 0;
  }

  operation(id: string): Operation {
    const operation = this.state.operations.get(id);
    if (operation !== undefined) return operation;
    throw new FalconryError("registry.promotion-unknown", {
      message: `there is no promotion "${id}" on endpoint ${this.endpoint.name}`,
      hint: `Take an id from: falconry history ${this.workload}`,
    });
  }

  /** Reads what others have written since. */
  async readOn(): Promise<void> {
    const { records, head } = await this.#ledger.read(this.#told.head);
    if (records.length > 0) this.#tell(records, head?.settled);
  }

  /**
   * Writes the next event, which rests on everything read so far.
   *
   * @throws FalconryError `registry.conflict` – somebody else wrote meanwhile: read on, decide again
   * @throws FalconryError `registry.lease-lost` – another carries the promotion on
   */
  async record(draft: EventDraft): Promise<void> {
    const { head, state } = this.#told;
    const event = { ...draft, time: this.#context.now().toISOString(), actor: this.#context.actor };
    // An event that could not be read or followed would stand in the ledger for ever: it is refused before it is written.
    const next = promotionEventSchema.parse({ ...event, sequence: head.sequence + 1, previous: head.hash });
    const inFlight = fold([next], state).inFlight?.id;
    this.#tell([await this.#ledger.append(head, event, { inFlight, lease: this.#lease })]);
  }

  /**
   * Writes what `make` makes of what was read; anew where somebody else wrote meanwhile.
   *
   * @param make undefined: nothing is to be written
   */
  async recordAnew(make: () => EventDraft | undefined | Promise<EventDraft | undefined>): Promise<void> {
    for (let conflicts = 0; ; conflicts++) {
      const draft = await make();
      if (draft === undefined) return;
      try {
        return await this.record(draft);
      } catch (error) {
        if (!isConflict(error) || conflicts >= maxConflicts) throw error;
        await this.readOn();
      }
    }
  }

  /** Takes the lease, or renews it. @returns false where another driver has it */
  async acquire(holder: string): Promise<boolean> {
    this.#lease = await this.#ledger.acquire(holder, this.#context.now(), leaseSeconds);
    return this.#lease !== undefined;
  }

  /** Does something under the lease, however long it takes: gates may, and answers of a slow endpoint. */
  async holding<T>(act: () => Promise<T>): Promise<T> {
    const end = this.#context.every(renewalMilliseconds, () => {
      if (this.#lease === undefined) return;
      // Where it fails, the next one may not; and where the lease was lost, the append is refused.
      this.#ledger.renew(this.#lease, this.#context.now(), leaseSeconds).catch(() => {});
    });
    try {
      return await act();
    } finally {
      end();
    }
  }

  async release(): Promise<void> {
    if (this.#lease === undefined) return;
    await this.#ledger.release(this.#lease);
    this.#lease = undefined;
  }

  /**
   * Gives out the notifications that a crash, or nobody yet, left out, and the last event's witness: each at least once, in order. Where SNS does not take one,
   * a later pass tells it: no canary is to go back because somebody could not be told of it.
   */
  async settle(): Promise<void> {
    if (!this.isUnsettled) return;
    const { publish } = await import("../notifications/publish.ts");
    await this.#ledger.witness(this.#told.head);
    for (const [told, { event, standing }] of this.#told.unsettled.entries()) {
      try {
        await publish(this.#context.environment, this.endpoint, this.workload, event, standing);
      } catch (error) {
        this.#context.progress(`${this.endpoint.name}: nobody could be told of event ${event.sequence} yet: ${error}`);
        return this.#keep({ ...this.#told, unsettled: this.#told.unsettled.slice(told) });
      }
    }
    await this.#ledger.settle(this.sequence);
    this.#keep({ ...this.#told, unsettled: [] });
  }

  /** @param settled up to this event everybody was told */
  #tell(records: readonly LedgerRecord[], settled = 0): void {
    const events = records.map(promotionEvent);
    const unsettled = this.#told.unsettled.filter(({ event }) => event.sequence > settled);
    let state = fold(
      events.filter(({ sequence }) => sequence <= settled),
      this.state,
    );
    for (const event of events.filter(({ sequence }) => sequence > settled)) {
      state = fold([event], state);
      unsettled.push({ event, standing: standingAfter(event, state) });
    }
    this.#keep({ head: records.at(-1) ?? this.#told.head, state, unsettled });
  }

  #keep(told: Told): void {
    this.#told = told;
    this.#context.memory.remember(this.endpoint.name, told);
  }
}

export function isConflict(error: unknown): boolean {
  return error instanceof FalconryError && error.code === "registry.conflict";
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

function standingAfter({ promotion }: PromotionEvent, state: EndpointState): Standing {
  const operation = state.operations.get(promotion);
  if (operation !== undefined) return { state: operation.progress.state, version: operation.version };
  const live = champion(state);
  return live === undefined ? { state: "bootstrap", version: 0 } : { state: "live", version: live.version };
}
