import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Record<string, AttributeValue>;

/** What an expression may speak of by another name: `#last`, `:head`. */
export interface Substitutes {
  names?: Record<string, string> | undefined;
  values?: Record<string, AttributeValue> | undefined;
}

/** Whether an item, which may not be there, meets a condition of DynamoDB's expression language, as far as the ledger speaks it. */
export function isMet(expression: string, item: Item | undefined, substitutes: Substitutes): boolean {
  const reader = new Reader(expression, item ?? {}, substitutes);
  const met = reader.disjunction();
  reader.end();
  return met;
}

/** The item that an update expression makes of another; every value is taken from the item as it was. */
export function updated(expression: string, item: Item, substitutes: Substitutes): Item {
  const next = { ...item };
  const reader = new Reader(expression, item, substitutes);
  for (let clause = reader.word(); clause !== undefined; clause = reader.word()) {
    do {
      const name = reader.name();
      if (clause === "REMOVE") delete next[name];
      else if (clause === "SET") next[name] = reader.assigned();
      else if (clause === "ADD") next[name] = reader.added(name);
      else throw new Error(`the simulated DynamoDB knows no ${clause} in "${expression}"`);
    } while (reader.takes(","));
  }
  return next;
}

const token = /\s*(<>|<=|>=|[(),=<>+-]|[#:]?\w+)/y;

class Reader {
  readonly #expression: string;
  readonly #item: Item;
  readonly #substitutes: Substitutes;
  readonly #tokens: string[];
  #at = 0;

  constructor(expression: string, item: Item, substitutes: Substitutes) {
    this.#expression = expression;
    this.#item = item;
    this.#substitutes = substitutes;
    this.#tokens = tokensOf(expression);
  }

  disjunction(): boolean {
    let met = this.#conjunction();
    while (this.takes("OR")) met = this.#conjunction() || met;
    return met;
  }

  /** The next word, where the expression has not ended. */
  word(): string | undefined {
    return this.#tokens[this.#at++];
  }

  name(): string {
    const word = this.word() ?? "";
    return this.#substitutes.names?.[word] ?? word;
  }

  assigned(): AttributeValue {
    this.#expect("=");
    const value = this.#operand();
    const sign = this.takes("+") ? 1 : this.takes("-") ? -1 : undefined;
    const written = sign === undefined ? value : { N: String(numberOf(value) + sign * numberOf(this.#operand())) };
    if (written === undefined) throw new Error(`"${this.#expression}" assigns what is not there`);
    return written;
  }

  /** What a number comes to that a value is added to, from 0 where it is not there. */
  added(name: string): AttributeValue {
    return { N: String(Number(this.#item[name]?.N ?? 0) + numberOf(this.#operand())) };
  }

  takes(word: string): boolean {
    if (this.#tokens[this.#at] !== word) return false;
    this.#at++;
    return true;
  }

  end(): void {
    if (this.#at !== this.#tokens.length) throw new Error(`"${this.#expression}" goes on after ${this.#tokens[this.#at - 1]}`);
  }

  #conjunction(): boolean {
    let met = this.#condition();
    while (this.takes("AND")) met = this.#condition() && met;
    return met;
  }

  #condition(): boolean {
    if (this.takes("NOT")) return !this.#condition();
    if (this.takes("(")) return this.#closed(this.disjunction());
    if (this.takes("attribute_exists")) return this.#named() !== undefined;
    if (this.takes("attribute_not_exists")) return this.#named() === undefined;
    const left = this.#operand();
    const compare = this.word() ?? "";
    if (compare === "BETWEEN") {
      const low = this.#operand();
      this.#expect("AND");
      return order(left, low) >= 0 && order(left, this.#operand()) <= 0;
    }
    const comparison = comparisons[compare];
    if (comparison === undefined) throw new Error(`"${this.#expression}" compares with ${compare}`);
    return comparison(order(left, this.#operand()));
  }

  #named(): AttributeValue | undefined {
    this.#expect("(");
    return this.#closed(this.#item[this.name()]);
  }

  #operand(): AttributeValue | undefined {
    if (this.takes("if_not_exists")) {
      this.#expect("(");
      const value = this.#item[this.name()];
      this.#expect(",");
      const otherwise = this.#operand();
      return this.#closed(value ?? otherwise);
    }
    const word = this.#tokens[this.#at];
    if (word?.startsWith(":")) {
      this.#at++;
      return this.#substitutes.values?.[word];
    }
    return this.#item[this.name()];
  }

  #closed<T>(value: T): T {
    this.#expect(")");
    return value;
  }

  #expect(word: string): void {
    if (!this.takes(word)) throw new Error(`"${this.#expression}" has ${this.#tokens[this.#at]} where ${word} belongs`);
  }
}

const comparisons: Record<string, (order: number) => boolean> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** Less than 0, 0 or more, as for a sort; NaN where one is not there or they are of different types: then only `<>` holds. */
function order(one: AttributeValue | undefined, other: AttributeValue | undefined): number {
  if (one?.N !== undefined && other?.N !== undefined) return Number(one.N) - Number(other.N);
  if (one?.S !== undefined && other?.S !== undefined) return one.S < other.S ? -1 : one.S > other.S ? 1 : 0;
  return Number.NaN;
}

function numberOf(value: AttributeValue | undefined): number {
  return Number(value?.N ?? Number.NaN);
}

/** The same few expressions are asked again and again. */
const read = new Map<string, string[]>();

function tokensOf(expression: string): string[] {
  const known = read.get(expression);
  if (known !== undefined) return known;
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < expression.trimEnd().length) {
    const found = token.exec(expression);
    if (found?.[1] === undefined) throw new Error(`the simulated DynamoDB cannot read "${expression}"`);
    tokens.push(found[1]);
  }
  read.set(expression, tokens);
  return tokens;
}
