import {
  type AttributeValue,
  GetItemCommand,
  paginateQuery,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type ChainHead, chain, genesis, hashOf, type LedgerRecord, readEvent } from "./chain.ts";
import { Witnesses } from "./witness.ts";

/** DynamoDB takes tokens of up to 36 characters. */
const tokenLength = 36;

/** What the table's item at sequence 0 says. */
export interface HeadItem extends ChainHead {
  /** The promotion or rollback in flight. */
  inFlight?: string;
}

/**
 * The append-only, hash-chained record of one endpoint (D5). An event is one canonical JSON string, hashed as stored; the item at sequence 0
 * holds the last event's sequence and hash, so that of two writers one is refused.
 */
export class Ledger {
  readonly endpoint: string;
  readonly #dynamodb: Environment["dynamodb"];
  readonly #table: string;
  readonly #witnesses: Witnesses;
  /** The last event whose witness this writer saw written. */
  #witnessed = 0;

  constructor(environment: Pick<Environment, "dynamodb" | "s3" | "descriptor">, endpoint: string) {
    this.endpoint = endpoint;
    this.#dynamodb = environment.dynamodb;
    this.#table = environment.descriptor.tables.ledger;
    this.#witnesses = new Witnesses(environment, endpoint);
  }

  /**
   * The events after `head`, in order.
   *
   * @throws FalconryError `registry.ledger-corrupt` – an event that is not chained to the one before is never acted on
   */
  async read(head: ChainHead = genesis): Promise<LedgerRecord[]> {
    const records: LedgerRecord[] = [];
    let last = head;
    for await (const { sequence, text } of this.stored(head.sequence)) {
      const read = readEvent(text, sequence);
      if ("fault" in read) throw this.#corrupt(sequence, read.fault);
      if (sequence !== last.sequence + 1) throw this.#corrupt(last.sequence + 1, "it is missing");
      if (read.event.previous !== last.hash) throw this.#corrupt(sequence, `it is not chained to event ${last.sequence}`);
      last = { sequence, hash: hashOf(text) };
      records.push({ ...last, event: read.event });
    }
    return records;
  }

  /**
   * Adds one event after `head`, and its witness.
   *
   * @param event canonical members (`sequence` and `previous` are put in here)
   * @param inFlight the promotion or rollback in flight after it
   * @throws FalconryError `registry.conflict` – `head` is not the end of the chain any more: read again, decide again
   */
  async append(head: ChainHead, event: object, inFlight: string | undefined): Promise<LedgerRecord> {
    // A writer that died between table and witness left the last witness out: it is written before the chain grows over it.
    await this.witness(head);
    const text = chain(head, event);
    const record = { sequence: head.sequence + 1, hash: hashOf(text) };
    await this.#write(head, record, text, inFlight);
    await this.witness(record);
    const read = readEvent(text, record.sequence);
    if ("fault" in read) throw new Error(`event ${record.sequence} of ${this.endpoint} was written wrong: ${read.fault}`);
    return { ...record, event: read.event };
  }

  /** Writes the witness of the last event where a crash left it out. */
  async witness(head: ChainHead): Promise<void> {
    if (head.sequence <= this.#witnessed) return;
    await this.#witnesses.write(head);
    this.#witnessed = head.sequence;
  }

  witnesses(): Promise<Map<number, string>> {
    return this.#witnesses.all();
  }

  async head(): Promise<HeadItem | undefined> {
    const { Item } = await this.#dynamodb.send(new GetItemCommand({ TableName: this.#table, Key: this.#key(0), ConsistentRead: true }));
    if (Item === undefined) return undefined;
    const head = { sequence: Number(Item.last?.N ?? Number.NaN), hash: Item.hash?.S ?? "" };
    return Item.inFlight?.S === undefined ? head : { ...head, inFlight: Item.inFlight.S };
  }

  /** The strings as stored, with the keys they are stored under, unchecked. */
  async *stored(after = 0): AsyncGenerator<{ sequence: number; text: string }> {
    const pages = paginateQuery(
      { client: this.#dynamodb },
      {
        TableName: this.#table,
        KeyConditionExpression: "endpoint = :endpoint AND #sequence > :after",
        ExpressionAttributeNames: { "#sequence": "sequence" },
        ExpressionAttributeValues: { ":endpoint": { S: this.endpoint }, ":after": { N: String(after) } },
        ConsistentRead: true,
      },
    );
    for await (const { Items } of pages) {
      for (const item of Items ?? []) yield { sequence: Number(item.sequence?.N), text: item.event?.S ?? "" };
    }
  }

  async #write(head: ChainHead, next: ChainHead, text: string, inFlight: string | undefined): Promise<void> {
    try {
      await this.#dynamodb.send(
        new TransactWriteItemsCommand({
          // Of the content, so that the same append has the same token; with the endpoint, because tokens are the account's.
          ClientRequestToken: hashOf(`${this.endpoint} ${text}`).slice(0, tokenLength),
          TransactItems: [
            {
              Put: {
                TableName: this.#table,
                Item: { ...this.#key(next.sequence), event: { S: text } },
                ConditionExpression: "attribute_not_exists(endpoint)",
              },
            },
            {
              Update: {
                TableName: this.#table,
                Key: this.#key(0),
                UpdateExpression: `SET #hash = :hash, #last = :last ${inFlight === undefined ? "REMOVE" : ", "} inFlight ${inFlight === undefined ? "" : "= :inFlight"}`,
                ConditionExpression: head.sequence === 0 ? "attribute_not_exists(endpoint)" : "#hash = :before AND #last = :lastBefore",
                ExpressionAttributeNames: { "#hash": "hash", "#last": "last" },
                ExpressionAttributeValues: {
                  ":hash": { S: next.hash },
                  ":last": { N: String(next.sequence) },
                  ...(inFlight === undefined ? {} : { ":inFlight": { S: inFlight } }),
                  ...(head.sequence === 0 ? {} : { ":before": { S: head.hash }, ":lastBefore": { N: String(head.sequence) } }),
                },
              },
            },
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      // A lost answer makes the SDK send the same transaction again: our own event standing there already is success.
      if ((await this.#textAt(next.sequence)) === text) return;
      throw new FalconryError("registry.conflict", {
        message: `somebody else wrote event ${next.sequence} of ${this.endpoint} at the same moment`,
        hint: "Look with falconry status, then run the command again",
        cause: error,
      });
    }
  }

  async #textAt(sequence: number): Promise<string | undefined> {
    const { Item } = await this.#dynamodb.send(
      new GetItemCommand({ TableName: this.#table, Key: this.#key(sequence), ConsistentRead: true }),
    );
    return Item?.event?.S;
  }

  #key(sequence: number): { endpoint: AttributeValue; sequence: AttributeValue } {
    return { endpoint: { S: this.endpoint }, sequence: { N: String(sequence) } };
  }

  #corrupt(sequence: number, fault: string): FalconryError {
    return new FalconryError("registry.ledger-corrupt", {
      message: `event ${sequence} in the ledger of ${this.endpoint} cannot be trusted: ${fault}`,
      hint: "Nothing was done. Run: falconry audit verify",
    });
  }
}
