import {
  type AttributeValue,
  GetItemCommand,
  IdempotentParameterMismatchException,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "./clock.ts";

export type Item = Record<string, AttributeValue>;
type Write = NonNullable<TransactWriteItemsCommandInput["TransactItems"]>[number];

/** Small, so that a ledger is read in several pages. */
const pageItems = 5;
/** DynamoDB forgets a request token after ten minutes. */
const tokenMilliseconds = 600_000;

/** DynamoDB with one table of one partition, as far as the ledger asks for it. */
export class Table {
  /** By sequence. */
  readonly items: Map<number, Item>;
  readonly #clock: Clock;
  readonly #tokens = new Map<string, { request: string; until: number }>();

  constructor(clock: Clock, items: Iterable<[number, Item]>) {
    this.#clock = clock;
    this.items = new Map(items);
  }

  /** The ledger's events as they stand, oldest first. */
  get texts(): string[] {
    const sequences = [...this.items.keys()].filter((sequence) => sequence > 0).sort((one, other) => one - other);
    return sequences.map((sequence) => this.items.get(sequence)?.event?.S ?? "");
  }

  /** @param behind so many of the last items are not seen yet */
  answer(command: object, behind = 0): object {
    if (command instanceof TransactWriteItemsCommand) return this.#transact(command.input);
    if (command instanceof GetItemCommand) return { Item: this.items.get(Number(command.input.Key?.sequence?.N)) };
    if (!(command instanceof QueryCommand)) throw new Error(`the simulated DynamoDB has no ${command.constructor.name}`);
    const { ExpressionAttributeValues, ExclusiveStartKey } = command.input;
    const after = Number(ExclusiveStartKey?.sequence?.N ?? ExpressionAttributeValues?.[":after"]?.N);
    const last = Math.max(0, ...this.items.keys()) - behind;
    const found = [...this.items].filter(([sequence]) => sequence > after && sequence <= last).sort(([one], [other]) => one - other);
    const page = found.slice(0, pageItems).map(([, item]) => item);
    return { Items: page, LastEvaluatedKey: found.length > pageItems ? page.at(-1) : undefined };
  }

  #transact({ ClientRequestToken = "", TransactItems = [] }: TransactWriteItemsCommandInput): object {
    const request = JSON.stringify(TransactItems);
    const before = this.#tokens.get(ClientRequestToken);
    if (before !== undefined && before.until > this.#clock.milliseconds) {
      if (before.request === request) return {};
      throw new IdempotentParameterMismatchException({ message: "the token was used for another request", $metadata: {} });
    }
    const reasons = TransactItems.map((write) => ({ Code: this.#isMet(write) ? "None" : "ConditionalCheckFailed" }));
    if (reasons.some(({ Code }) => Code !== "None")) throw cancelled(reasons);
    for (const write of TransactItems) this.#write(write);
    if (ClientRequestToken !== "") this.#tokens.set(ClientRequestToken, { request, until: this.#clock.milliseconds + tokenMilliseconds });
    return {};
  }

  #isMet({ Put, Update }: Write): boolean {
    const item = this.items.get(sequenceOf(Put?.Item ?? Update?.Key));
    const { ConditionExpression = "", ExpressionAttributeNames, ExpressionAttributeValues } = Put ?? Update ?? {};
    if (ConditionExpression === "") return true;
    return ConditionExpression.split(" AND ").every((condition) => {
      const [, absent] = /^attribute_not_exists\((\w+)\)$/.exec(condition) ?? [];
      if (absent !== undefined) return item?.[absent] === undefined;
      const [, name = "", value = ""] = /^(#\w+) = (:\w+)$/.exec(condition) ?? [];
      return same(item?.[ExpressionAttributeNames?.[name] ?? ""], ExpressionAttributeValues?.[value]);
    });
  }

  #write({ Put, Update }: Write): void {
    if (Put?.Item !== undefined) this.items.set(sequenceOf(Put.Item), Put.Item);
    if (Update === undefined) return;
    const { Key, UpdateExpression = "", ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = Update;
    const item: Item = { ...Key, ...this.items.get(sequenceOf(Key)) };
    const named = (name: string) => ExpressionAttributeNames[name] ?? name;
    for (const [, name = "", value = ""] of UpdateExpression.matchAll(/(#?\w+) = (:\w+)/g)) {
      const written = ExpressionAttributeValues[value];
      if (written !== undefined) item[named(name)] = written;
    }
    for (const [, name = ""] of UpdateExpression.matchAll(/REMOVE (#?\w+)/g)) delete item[named(name)];
    this.items.set(sequenceOf(Key), item);
  }
}

/** What DynamoDB says when it will not write. */
export function cancelled(CancellationReasons: { Code: string }[]): TransactionCanceledException {
  const codes = CancellationReasons.map(({ Code }) => Code).join(", ");
  return new TransactionCanceledException({ message: `Transaction cancelled [${codes}]`, $metadata: {}, CancellationReasons });
}

function sequenceOf(key: Item | undefined): number {
  return Number(key?.sequence?.N);
}

function same(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
