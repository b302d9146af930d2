import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { FastifyBaseLogger } from "fastify";
import { z } from "zod";
import { type ChainHead, genesis, type LedgerRecord } from "../ledger/chain.ts";
import { Ledger } from "../ledger/ledger.ts";

/** Where the refusals' chain stands in the table of ledgers: SageMaker takes no underscore in an endpoint's name. */
export const refusalsChain = "control_plane";

/** Who was refused without a good token: no user's name holds a space. */
export const nobodyKnown = "nobody known";

/** A refusal like one of the last so many seconds is counted, not written again. */
const repeatSeconds = 60;
/** Refusals of so many kinds are told apart at a time, for each person; of more only code and number are kept, so that nobody blinds the trail for others. */
const kindsOfPerson = 20;
/** The same for all strangers together. */
const kindsOfNobody = 100;
/** Stands where kinds were too many to be told apart. */
const several = "several";
const defaultPageEvents = 100;
/** Several processes may write to the chain: whoever comes late reads its end anew, so often. */
const maxAttempts = 20;

/** What somebody was refused. */
export interface Refusal {
  /** Name of the login, or {@link nobodyKnown}. */
  who: string;
  address: string;
  method: string;
  /** The path as it was asked for, where it is one that could be granted to somebody; else the route's pattern, or `unknown`. */
  route: string;
  /** The error's code. */
  code: string;
}

export interface KeptRefusal extends Refusal {
  sequence: number;
  /** ISO 8601. */
  time: string;
  /** How often the same was refused in the minute after the first time; absent for the first time itself. */
  repeats?: number;
}

export interface RefusalsPage {
  /** Oldest first. */
  refusals: KeptRefusal[];
  /** More stand after the last one. */
  more: boolean;
}

const eventSchema = z.object({
  type: z.literal("refused"),
  time: z.string(),
  actor: z.string(),
  address: z.string(),
  method: z.string(),
  route: z.string(),
  code: z.string(),
  repeats: z.number().optional(),
});

interface Kind {
  refusal: Refusal;
  /** Milliseconds since 1970: the first time. */
  since: number;
  /** Not written yet. */
  repeats: number;
}

export interface RefusalsOptions {
  now(): Date;
  log: FastifyBaseLogger;
}

/** The audit trail of what was refused: a hash-chained ledger of its own, bounded in what a flood of refusals may add to it. */
export class Refusals {
  readonly #ledger: Ledger;
  readonly #options: RefusalsOptions;
  /** What was refused in the last minute, by what makes one refusal like another. */
  readonly #kinds = new Map<string, Kind>();
  #head: ChainHead | undefined;
  /** One append is made after the other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(environment: Pick<Environment, "dynamodb" | "s3" | "descriptor">, options: RefusalsOptions) {
    this.#ledger = new Ledger(environment, refusalsChain);
    this.#options = options;
  }

  /** Returns when the refusal is written or counted. A trail that cannot be written to is logged, and refuses no less. */
  async record(refusal: Refusal): Promise<void> {
    // Before the answer: a function may be frozen after it.
    await this.settle();
    const key = keyOf(refusal);
    const kind = this.#kinds.get(key);
    if (kind !== undefined) kind.repeats += 1;
    else if (this.#isFlood(refusal.who)) this.#count({ ...refusal, address: several, method: several, route: several }, 1);
    else {
      this.#kinds.set(key, { refusal, since: this.#options.now().getTime(), repeats: 0 });
      await this.#write(refusal);
    }
  }

  /** Writes how often was refused what was refused again within a minute that is over. */
  settle(): Promise<void> {
    const minuteAgo = this.#options.now().getTime() - repeatSeconds * 1000;
    return this.#end(({ since }) => since <= minuteAgo);
  }

  /** Writes everything that was only counted so far. */
  async close(): Promise<void> {
    await this.#end(() => true);
    await this.#writing;
  }

  /** @throws FalconryError `registry.ledger-corrupt` */
  async page({ after = 0, limit = defaultPageEvents }: { after?: number | undefined; limit?: number | undefined }): Promise<RefusalsPage> {
    await this.settle();
    const { records, more } = await this.#ledger.page(after, limit);
    return { refusals: records.map(keptRefusal), more };
  }

  async #end(isOver: (kind: Kind) => boolean): Promise<void> {
    const ended = [...this.#kinds].filter(([, kind]) => isOver(kind));
    for (const [key] of ended) this.#kinds.delete(key);
    await Promise.all(ended.map(([, { refusal, repeats }]) => (repeats > 0 ? this.#write(refusal, repeats) : undefined)));
  }

  #isFlood(who: string): boolean {
    const toldApart = [...this.#kinds.values()].filter(({ refusal }) => refusal.who === who && refusal.address !== several);
    return toldApart.length >= (who === nobodyKnown ? kindsOfNobody : kindsOfPerson);
  }

  #count(refusal: Refusal, repeats: number): void {
    const key = keyOf(refusal);
    const kind = this.#kinds.get(key);
    if (kind === undefined) this.#kinds.set(key, { refusal, since: this.#options.now().getTime(), repeats });
    else kind.repeats += repeats;
  }

  #write(refusal: Refusal, repeats?: number): Promise<void> {
    const { who: actor, ...rest } = refusal;
    const event = { type: "refused", time: this.#options.now().toISOString(), actor, ...rest, ...(repeats !== undefined && { repeats }) };
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#append(event);
      } catch (err) {
        this.#options.log.error({ err, refusal }, "a refusal could not be written to the audit trail");
        this.#count(refusal, repeats ?? 1);
      }
    });
    return this.#writing;
  }

  async #append(event: object): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#head = await this.#ledger.append(this.#head ?? (await this.#ledger.head()) ?? genesis, event);
        return;
      } catch (error) {
        this.#head = undefined;
        const isLate = error instanceof FalconryError && error.code === "registry.conflict";
        if (!isLate || attempt === maxAttempts) throw error;
      }
    }
  }
}

function keyOf({ who, address, method, route, code }: Refusal): string {
  return JSON.stringify([who, address, method, route, code]);
}

function keptRefusal({ sequence, event }: LedgerRecord): KeptRefusal {
  const parsed = eventSchema.safeParse(event);
  if (parsed.success) {
    const { actor, time, address, method, route, code, repeats } = parsed.data;
    return { sequence, time, who: actor, address, method, route, code, ...(repeats !== undefined && { repeats }) };
  }
  throw new FalconryError("registry.ledger-corrupt", {
    message: `event ${sequence} in the ledger of ${refusalsChain} is no refusal: ${parsed.error.issues[0]?.path.join(".")}`,
    hint: "Run: falconry audit verify",
  });
}
