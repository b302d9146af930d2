import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type ChainHead, genesis, hashOf } from "./chain.ts";

/** DynamoDB takes tokens of up to 36 characters. */
const tokenLength = 36;
/** An update that an append to the same item stands in the way of is tried so often: appends take milliseconds. */
const triesBesideAppends = 5;

/** The right to carry a ledger's promotion on. */
export interface Lease {
  holder: string;
  /** Counts up whenever the lease changes hands: an append under an older one is refused. */
  fence: number;
}

/** What the table's item at sequence 0 says. */
export interface HeadItem extends ChainHead {
  /** The promotion, rollback or repair in flight. */
  inFlight?: string;
  /** Up to this event every witness is written and every notification was given out. */
  settled: number;
  lease?: Lease & {
    /** ISO 8601. */
    until: string;
  };
}

/** @returns undefined where no event was ever written, be it that somebody took the lease before the first one */
export function readHead(item: Record<string, AttributeValue>): HeadItem | undefined {
  const { last, hash, inFlight, settled, holder, until, fence } = item;
  if (hash?.S === undefined) return undefined;
  return {
    sequence: Number(last?.N ?? Number.NaN),
    hash: hash.S,
    settled: Number(settled?.N ?? 0),
    ...(inFlight?.S !== undefined && { inFlight: inFlight.S }),
    ...(holder?.S !== undefined && { lease: { holder: holder.S, fence: Number(fence?.N), until: until?.S ?? "" } }),
  };
}

/** The item of a ledger that everybody writes to: every change of it is conditional. */
export class Head {
  readonly #endpoint: string;
  readonly #dynamodb: Environment["dynamodb"];
  readonly #table: string;

  constructor({ dynamodb, descriptor }: Pick<Environment, "dynamodb" | "descriptor">, endpoint: string) {
    this.#endpoint = endpoint;
    this.#dynamodb = dynamodb;
    this.#table = descriptor.tables.ledger;
  }

  async read(): Promise<HeadItem | undefined> {
    const item = await this.#item(0);
    return item && readHead(item);
  }

  /** Puts the next event into the table and moves the head to it, both or neither. */
  async move(from: ChainHead, to: ChainHead & { text: string }, { inFlight, lease }: { inFlight?: string; lease?: Lease }): Promise<void> {
    const first = from.sequence === genesis.sequence;
    const standing = first ? "attribute_not_exists(#hash)" : "#hash = :before AND #last = :lastBefore";
    try {
      await this.#dynamodb.send(
        new TransactWriteItemsCommand({
          // Of the content, so that the same append has the same token; with the endpoint, because tokens are the account's.
          ClientRequestToken: hashOf(`${this.#endpoint} ${lease?.fence ?? ""} ${to.text}`).slice(0, tokenLength),
          TransactItems: [
            {
              Put: {
                TableName: this.#table,
                Item: { ...this.#key(to.sequence), event: { S: to.text } },
                ConditionExpression: "attribute_not_exists(endpoint)",
              },
            },
            {
              Update: {
                TableName: this.#table,
                Key: this.#key(0),
                UpdateExpression: `SET #hash = :hash, #last = :last ${inFlight === undefined ? "REMOVE inFlight" : ", inFlight = :inFlight"}`,
                ConditionExpression: lease === undefined ? standing : `${standing} AND fence = :fence`,
                ExpressionAttributeNames: { "#hash": "hash", "#last": "last" },
                ExpressionAttributeValues: {
                  ":hash": { S: to.hash },
                  ":last": { N: String(to.sequence) },
                  ...(inFlight !== undefined && { ":inFlight": { S: inFlight } }),
                  ...(lease && { ":fence": { N: String(lease.fence) } }),
                  ...(!first && { ":before": { S: from.hash }, ":lastBefore": { N: String(from.sequence) } }),
                },
              },
            },
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      // A lost answer makes the SDK send the same transaction again: our own event standing there already is success.
      if ((await this.#item(to.sequence))?.event?.S === to.text) return;
      throw isRace(error) ? await this.#refused(to.sequence, lease, error) : error;
    }
  }

  async acquire(holder: string, now: Date, ttlSeconds: number): Promise<Lease | undefined> {
    const until = new Date(now.getTime() + ttlSeconds * 1000).toISOString();
    const fence = await this.#update({
      UpdateExpression: "SET holder = :holder, #until = :until ADD fence :one",
      // ISO 8601 in UTC sorts as time does.
      ConditionExpression: "attribute_not_exists(holder) OR holder = :holder OR #until <= :now",
      ExpressionAttributeNames: { "#until": "until" },
      ExpressionAttributeValues: { ":holder": { S: holder }, ":until": { S: until }, ":now": { S: now.toISOString() }, ":one": { N: "1" } },
    });
    return fence === undefined ? undefined : { holder, fence };
  }

  /** Keeps a lease that is still held. The fence stays as it is: an append under way is not to be refused for it. */
  async renew({ holder, fence }: Lease, now: Date, ttlSeconds: number): Promise<void> {
    const until = new Date(now.getTime() + ttlSeconds * 1000).toISOString();
    await this.#update({
      UpdateExpression: "SET #until = :until",
      ConditionExpression: "holder = :holder AND fence = :fence",
      ExpressionAttributeNames: { "#until": "until" },
      ExpressionAttributeValues: { ":holder": { S: holder }, ":fence": { N: String(fence) }, ":until": { S: until } },
    });
  }

  async release({ fence }: Lease): Promise<void> {
    const change = {
      UpdateExpression: "REMOVE holder, #until",
      ConditionExpression: "fence = :fence",
      ExpressionAttributeNames: { "#until": "until" },
      ExpressionAttributeValues: { ":fence": { N: String(fence) } },
    };
    await this.#update(change, triesBesideAppends);
  }

  async settle(sequence: number): Promise<void> {
    const change = {
      UpdateExpression: "SET settled = :settled",
      ConditionExpression: "attribute_exists(#hash) AND (attribute_not_exists(settled) OR settled < :settled)",
      ExpressionAttributeNames: { "#hash": "hash" },
      ExpressionAttributeValues: { ":settled": { N: String(sequence) } },
    };
    await this.#update(change, triesBesideAppends);
  }

  /** @returns the fence after it; undefined where the condition does not hold, or where somebody was appending at each try */
  async #update(change: HeadChange, tries = 1): Promise<number | undefined> {
    try {
      const { Attributes } = await this.#dynamodb.send(
        new UpdateItemCommand({ TableName: this.#table, Key: this.#key(0), ...change, ReturnValues: "ALL_NEW" }),
      );
      return Number(Attributes?.fence?.N);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      if (!(error instanceof TransactionConflictException)) throw error;
      return tries > 1 ? this.#update(change, tries - 1) : undefined;
    }
  }

  async #refused(sequence: number, lease: Lease | undefined, cause: TransactionCanceledException): Promise<FalconryError> {
    const fence = Number((await this.#item(0))?.fence?.N);
    if (lease !== undefined && fence !== lease.fence) {
      return new FalconryError("registry.lease-lost", {
        message: `${lease.holder} was to write event ${sequence} of ${this.#endpoint}, but another carries it on meanwhile`,
        hint: "Nothing is left to do here: see how it goes on with falconry status",
        cause,
      });
    }
    return new FalconryError("registry.conflict", {
      message: `somebody else wrote event ${sequence} of ${this.#endpoint} at the same moment`,
      hint: "Look with falconry status, then run the command again",
      cause,
    });
  }

  async #item(sequence: number): Promise<Record<string, AttributeValue> | undefined> {
    const { Item } = await this.#dynamodb.send(
      new GetItemCommand({ TableName: this.#table, Key: this.#key(sequence), ConsistentRead: true }),
    );
    return Item;
  }

  #key(sequence: number): { endpoint: AttributeValue; sequence: AttributeValue } {
    return { endpoint: { S: this.#endpoint }, sequence: { N: String(sequence) } };
  }
}

interface HeadChange {
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeNames: Record<string, string>;
  ExpressionAttributeValues: Record<string, AttributeValue>;
}

/** Somebody else was at work: not a table that is throttled, nor an event that is too large. */
function isRace({ CancellationReasons }: TransactionCanceledException): boolean {
  const codes = CancellationReasons?.map(({ Code }) => Code);
  return codes === undefined || codes.includes("ConditionalCheckFailed") || codes.includes("TransactionConflict");
}
