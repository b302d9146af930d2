import {
  ConditionalCheckFailedException,
  GetItemCommand,
  IdempotentParameterMismatchException,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "./clock.ts";
import { type Item, isMet, type Substitutes, updated } from "./expressions.ts";

type Write = Omit<NonNullable<TransactWriteItemsCommandInput["TransactItems"]>[number], "Delete">;

/** Small, so that a ledger is read in several pages. */
const pageItems = 25;
/** DynamoDB forgets a request token after ten minutes. */
const tokenMilliseconds = 600_000;

/** DynamoDB with one table of one partition, as far as the ledger asks for it. */
export class Table {
  /** By sequence. */
  readonly items: Map<number, Item>;
  /** Counts the writes. */
  writes = 0;
  readonly #clock: Clock;
  readonly #tokens = new Map<string, { request: string; until: number }>();

  constructor(clock: Clock, items: Iterable<[number, Item]>) {
    this.#clock = clock;
    this.items = new Map(items);
  }

  /** The item at sequence 0, which names the last event and who holds the lease. */
  get head(): Item | undefined {
    return this.items.get(0);
  }

  /** The text of one event as it stands. */
  text(sequence: number): string | undefined {
    return this.items.get(sequence)?.event?.S;
  }

  answer(command: object): object {
    if (command instanceof TransactWriteItemsCommand) return this.#transact(command.input);
    if (command instanceof UpdateItemCommand) return this.#writeOne({ Update: updateOf(command.input) });
    if (command instanceof PutItemCommand) return this.#writeOne({ Put: command.input });
    if (command instanceof GetItemCommand) return { Item: this.items.get(Number(command.input.Key?.sequence?.N)) };
    if (command instanceof QueryCommand) return this.#query(command.input);
    throw new Error(`the simulated DynamoDB has no ${command.constructor.name}`);
  }

  #query(query: QueryCommandInput): object {
    const { KeyConditions, ExclusiveStartKey, ScanIndexForward = true, Limit = pageItems } = query;
    const first = Number(KeyConditions?.sequence?.AttributeValueList?.[0]?.N);
    const start = ExclusiveStartKey === undefined ? undefined : sequenceOf(ExclusiveStartKey);
    const found: Item[] = [];
    for (const item of this.#ordered(ScanIndexForward)) {
      const sequence = sequenceOf(item);
      const isPast = start !== undefined && (ScanIndexForward ? sequence <= start : sequence >= start);
      if (!isPast && sequence >= first) found.push(item);
    }
    const page = found.slice(0, Math.min(Limit, pageItems));
    return { Items: page, LastEvaluatedKey: found.length > page.length ? page.at(-1) : undefined };
  }

  #ordered(forward: boolean): Item[] {
    const ordered = [...this.items.values()].sort((one, other) => sequenceOf(one) - sequenceOf(other));
    return forward ? ordered : ordered.reverse();
  }

  #transact({ ClientRequestToken = "", TransactItems = [] }: TransactWriteItemsCommandInput): object {
    const request = JSON.stringify(TransactItems);
    const before = this.#tokens.get(ClientRequestToken);
    if (before !== undefined && before.until > this.#clock.milliseconds) {
      if (before.request === request) return {};
      throw new IdempotentParameterMismatchException({ message: "the token was used for another request", $metadata: {} });
    }
    const reasons = TransactItems.map((write) => this.#reason(write));
    if (reasons.some(({ Code }) => Code !== "None")) throw cancelled(reasons);
    for (const write of TransactItems) this.#write(write);
    if (ClientRequestToken !== "") this.#tokens.set(ClientRequestToken, { request, until: this.#clock.milliseconds + tokenMilliseconds });
    return {};
  }

  #writeOne(write: Write): object {
    const reason = this.#reason(write);
    if (reason.Code !== "None") {
      throw new ConditionalCheckFailedException({ message: "The conditional request failed", $metadata: {}, Item: reason.Item });
    }
    this.#write(write);
    return { Attributes: this.items.get(sequenceOf(write.Put?.Item ?? write.Update?.Key)) };
  }

  #reason({ Put, Update, ConditionCheck }: Write): { Code: string; Item?: Item | undefined } {
    const asked = Put ?? Update ?? ConditionCheck;
    const item = this.items.get(sequenceOf(Put?.Item ?? Update?.Key ?? ConditionCheck?.Key));
    const { ConditionExpression = "" } = asked ?? {};
    if (asked === undefined || ConditionExpression === "" || isMet(ConditionExpression, item, substitutesOf(asked)))
      return { Code: "None" };
    const isToldItem = asked.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
    return { Code: "ConditionalCheckFailed", ...(isToldItem && { Item: item }) };
  }

  #write({ Put, Update }: Write): void {
    const sequence = sequenceOf(Put?.Item ?? Update?.Key);
    if (Put?.Item !== undefined) this.items.set(sequence, Put.Item);
    if (Update !== undefined) {
      const item: Item = { ...Update.Key, ...this.items.get(sequence) };
      this.items.set(sequence, updated(Update.UpdateExpression ?? "", item, substitutesOf(Update)));
    }
    this.writes++;
  }
}

/** As a transaction takes it: there an update says what it does. */
function updateOf(input: UpdateItemCommandInput): NonNullable<Write["Update"]> {
  const { UpdateExpression = "", ...rest } = input;
  return { ...rest, UpdateExpression } as NonNullable<Write["Update"]>;
}

/** What DynamoDB says when it will not write. */
export function cancelled(CancellationReasons: { Code: string; Item?: Item | undefined }[]): TransactionCanceledException {
  const codes = CancellationReasons.map(({ Code }) => Code).join(", ");
  return new TransactionCanceledException({ message: `Transaction cancelled [${codes}]`, $metadata: {}, CancellationReasons });
}

function sequenceOf(key: Item | undefined): number {
  return Number(key?.sequence?.N);
}

function substitutesOf(asked: {
  ExpressionAttributeNames?: Substitutes["names"];
  ExpressionAttributeValues?: Substitutes["values"];
}): Substitutes {
  return { names: asked.ExpressionAttributeNames, values: asked.ExpressionAttributeValues };
}
