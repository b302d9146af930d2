import { type AttributeValue, paginateQuery, QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type ChainHead, chain, genesis, hashOf, type LedgerRecord, readEvent } from "./chain.ts";
import { Head, type HeadItem, type Lease, readHead } from "./head.ts";
import { type Witness, Witnesses } from "./witness.ts";

/** An answer of a Lambda may have 6 MB; events hold up to 32 KB of evidence each. */
export const maxPageBytes = 4 * 1024 * 1024;

export interface LedgerReading {
  /** In order. */
  records: LedgerRecord[];
  /** The head item as it was just before; absent where the ledger is empty. */
  head?: HeadItem;
}

export interface LedgerPage {
  /** In order. */
  records: LedgerRecord[];
  /** More stand after the last one. */
  more: boolean;
}

/**
 * The append-only, hash-chained record of one endpoint (D5). An event is one canonical JSON string, hashed as stored; the item at sequence 0
 * holds the last event's sequence and hash, so that of two writers one is refused.
 */
export class Ledger {
  readonly endpoint: string;
  readonly #dynamodb: Environment["dynamodb"];
  readonly #table: string;
  readonly #head: Head;
  readonly #witnesses: Witnesses;
  /** The last event whose witness this writer saw written. */
  #witnessed = 0;

  constructor(environment: Pick<Environment, "dynamodb" | "s3" | "descriptor">, endpoint: string) {
    this.endpoint = endpoint;
    this.#dynamodb = environment.dynamodb;
    this.#table = environment.descriptor.tables.ledger;
    this.#head = new Head(environment, endpoint);
    this.#witnesses = new Witnesses(environment, endpoint);
  }

  /**
   * The events after `after`, with the head item: from the first one on in one query; from a later one on, the head alone where it has not moved.
   *
   * @throws FalconryError `registry.ledger-corrupt` – an event that is not chained to the one before is never acted on
   */
  async read(after: ChainHead = genesis): Promise<LedgerReading> {
    const texts: StoredEvent[] = [];
    let head = after.sequence === 0 ? undefined : await this.head();
    if (head !== undefined && head.hash === after.hash) return { records: [], head };
    for await (const item of this.#items(after.sequence === 0 ? 0 : after.sequence + 1)) {
      if (sequenceOf(item) === 0) head = readHead(item);
      else texts.push({ sequence: sequenceOf(item), text: item.event?.S ?? "" });
    }
    const records = this.#follow(after, texts);
    // What is appended while the query runs may be missing from the head, never the other way round.
    const last = after.sequence + records.length;
    if (head !== undefined && head.sequence > last) throw this.#corrupt(last + 1, "the head names it, and it is missing");
    return { records, ...(head && { head }) };
  }

  /**
   * At most `limit` events after the one of sequence `after`, and no more than `maxPageBytes` of them, but one at least.
   *
   * @throws FalconryError `registry.ledger-corrupt`
   */
  async page(after: number, limit: number): Promise<LedgerPage> {
    const texts: StoredEvent[] = [];
    // The event before the page says what its first one is chained to, the one after it whether there are more.
    const wanted = limit + 2;
    let key: Record<string, AttributeValue> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await this.#dynamodb.send(
        new QueryCommand({
          ...this.#from(Math.max(after, 1)),
          Limit: wanted - texts.length,
          ...(key && { ExclusiveStartKey: key }),
        }),
      );
      texts.push(...Items.map((item) => ({ sequence: sequenceOf(item), text: item.event?.S ?? "" })));
      key = LastEvaluatedKey;
    } while (key !== undefined && texts.length < wanted && bytesOf(texts) < maxPageBytes);
    const before = after === 0 ? undefined : texts.shift();
    if (before !== undefined && before.sequence !== after) throw this.#corrupt(after, "it is missing");
    const start = before === undefined ? genesis : { sequence: after, hash: hashOf(before.text) };
    if (after !== 0 && before === undefined) return { records: [], more: false };
    const page = beginningOf(texts.slice(0, limit), maxPageBytes);
    return { records: this.#follow(start, page), more: texts.length > page.length || key !== undefined };
  }

  /**
   * Adds one event after `head`, and its witness.
   *
   * @param event canonical members (`sequence` and `previous` are put in here)
   * @param to `inFlight`: the promotion, rollback or repair in flight after it; `lease`: what must still be held
   * @throws FalconryError `registry.conflict` – `head` is not the end of the chain any more: read again, decide again
   * @throws FalconryError `registry.lease-lost` – another took the lease meanwhile: leave the rest to it
   */
  async append(head: ChainHead, event: object, to: { inFlight?: string; lease?: Lease } = {}): Promise<LedgerRecord> {
    // A writer that died between table and witness left the last witness out: it is written before the chain grows over it.
    await this.witness(head);
    const text = chain(head, event);
    const record = { sequence: head.sequence + 1, hash: hashOf(text) };
    await this.#head.move(head, { ...record, text }, to);
    await this.witness(record);
    const read = readEvent(text, record.sequence);
    if ("fault" in read) throw new Error(`event ${record.sequence} of ${this.endpoint} was written wrong: ${read.fault}`);
    return { ...record, event: read.event };
  }

  /** Writes the witness of an event where a crash left it out. */
  async witness(head: ChainHead): Promise<void> {
    if (head.sequence <= this.#witnessed) return;
    await this.#witnesses.write(head);
    this.#witnessed = head.sequence;
  }

  /** Up to this event every witness is written and every notification was given out. It never goes back. */
  settle(sequence: number): Promise<void> {
    return this.#head.settle(sequence);
  }

  /**
   * Takes the lease, where nobody else's is still running. Clocks may differ: whoever is late is refused when it appends.
   *
   * @param holder unlike that of any other process, or attempt
   * @returns undefined where another holds it
   */
  acquire(holder: string, now: Date, ttlSeconds: number): Promise<Lease | undefined> {
    return this.#head.acquire(holder, now, ttlSeconds);
  }

  /** Keeps a lease that is still held, so that nobody else takes it meanwhile. */
  renew(lease: Lease, now: Date, ttlSeconds: number): Promise<void> {
    return this.#head.renew(lease, now, ttlSeconds);
  }

  /** Gives the lease back; nothing happens where another has it already. */
  release(lease: Lease): Promise<void> {
    return this.#head.release(lease);
  }

  head(): Promise<HeadItem | undefined> {
    return this.#head.read();
  }

  witnesses(): Promise<Map<number, Witness>> {
    return this.#witnesses.all();
  }

  /** The strings as stored, with the keys they are stored under, unchecked. */
  async *stored(): AsyncGenerator<StoredEvent> {
    for await (const item of this.#items(1)) yield { sequence: sequenceOf(item), text: item.event?.S ?? "" };
  }

  async *#items(first: number): AsyncGenerator<Record<string, AttributeValue>> {
    for await (const { Items = [] } of paginateQuery({ client: this.#dynamodb }, this.#from(first))) yield* Items;
  }

  #from(first: number) {
    return {
      TableName: this.#table,
      // The older way to say it: an expression is evaluated by the emulator for every item of the partition, which takes it a second for 10,000 of them.
      KeyConditions: {
        endpoint: { ComparisonOperator: "EQ", AttributeValueList: [{ S: this.endpoint }] },
        sequence: { ComparisonOperator: "GE", AttributeValueList: [{ N: String(first) }] },
      },
      ConsistentRead: true,
    } satisfies QueryCommandInput;
  }

  #follow(start: ChainHead, texts: StoredEvent[]): LedgerRecord[] {
    let last = start;
    return texts.map(({ sequence, text }) => {
      const read = readEvent(text, sequence);
      if ("fault" in read) throw this.#corrupt(sequence, read.fault);
      if (sequence !== last.sequence + 1) throw this.#corrupt(last.sequence + 1, "it is missing");
      if (read.event.previous !== last.hash) throw this.#corrupt(sequence, `it is not chained to event ${last.sequence}`);
      last = { sequence, hash: hashOf(text) };
      return { ...last, event: read.event };
    });
  }

  #corrupt(sequence: number, fault: string): FalconryError {
    return new FalconryError("registry.ledger-corrupt", {
      message: `event ${sequence} in the ledger of ${this.endpoint} cannot be trusted: ${fault}`,
      hint: "Nothing was done. Run: falconry audit verify",
    });
  }
}

interface StoredEvent {
  sequence: number;
  text: string;
}

/** As many as fit, one at least. */
function beginningOf(texts: StoredEvent[], mostBytes: number): StoredEvent[] {
  let bytes = 0;
  const end = texts.findIndex(({ text }, index) => {
    bytes += Buffer.byteLength(text);
    return index > 0 && bytes > mostBytes;
  });
  return end < 0 ? texts : texts.slice(0, end);
}

function bytesOf(texts: readonly StoredEvent[]): number {
  return texts.reduce((bytes, { text }) => bytes + Buffer.byteLength(text), 0);
}

function sequenceOf(item: Record<string, AttributeValue>): number {
  return Number(item.sequence?.N);
}
