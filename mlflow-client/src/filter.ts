type Searched = "run" | "experiment" | "registeredModel" | "modelVersion" | "loggedModel";

/** A condition in MLflow's search syntax, on one kind of thing. Its text is what a search takes. */
export class Filter<Of extends Searched> {
  /** Keeps a filter on runs from searching models. */
  declare readonly of: Of;
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** MLflow has no "or". */
  and(...others: readonly Filter<Of>[]): Filter<Of> {
    return new Filter([this, ...others].map(({ text }) => text).join(" AND "));
  }

  toString(): string {
    return this.text;
  }
}

/** Compares a number: a metric, or a time in milliseconds since the epoch. */
class NumberTerm<Of extends Searched> {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  is(value: number): Filter<Of> {
    return this.#compared("=", value);
  }

  isNot(value: number): Filter<Of> {
    return this.#compared("!=", value);
  }

  isAbove(value: number): Filter<Of> {
    return this.#compared(">", value);
  }

  isAtLeast(value: number): Filter<Of> {
    return this.#compared(">=", value);
  }

  isBelow(value: number): Filter<Of> {
    return this.#compared("<", value);
  }

  isAtMost(value: number): Filter<Of> {
    return this.#compared("<=", value);
  }

  #compared(operator: string, value: number): Filter<Of> {
    if (!Number.isFinite(value)) throw new TypeError(`${this.#name} ${operator} ${value}: MLflow compares with finite numbers only`);
    // MLflow knows 1e21, and not 1e+21.
    return new Filter(`${this.#name} ${operator} ${String(value).replace("+", "")}`);
  }
}

/** Compares a text. `%` in a pattern stands for any characters, `_` for one. */
class TextTerm<Of extends Searched> {
  protected readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  is(value: string): Filter<Of> {
    return new Filter(`${this.name} = ${quoted(value)}`);
  }

  isNot(value: string): Filter<Of> {
    return new Filter(`${this.name} != ${quoted(value)}`);
  }

  isLike(pattern: string): Filter<Of> {
    return new Filter(`${this.name} LIKE ${quoted(pattern)}`);
  }

  /** In upper or lower case. */
  isLikeAnyCase(pattern: string): Filter<Of> {
    return new Filter(`${this.name} ILIKE ${quoted(pattern)}`);
  }
}

/** A text that MLflow also compares with a list. */
class ListedTextTerm<Of extends Searched> extends TextTerm<Of> {
  isIn(values: readonly string[]): Filter<Of> {
    // With one value, MLflow takes a list for a word in brackets.
    const [only, ...others] = values;
    if (only === undefined) throw new TypeError(`${this.name} IN (): no value is in an empty list`);
    return others.length === 0 ? this.is(only) : new Filter(`${this.name} IN (${values.map(quoted).join(", ")})`);
  }
}

/** The beginnings of filters: what each kind of thing can be searched by. */
export const where = {
  run: {
    id: new ListedTextTerm<"run">("attributes.run_id"),
    name: new TextTerm<"run">("attributes.run_name"),
    status: new TextTerm<"run">("attributes.status"),
    user: new TextTerm<"run">("attributes.user_id"),
    startTime: new NumberTerm<"run">("attributes.start_time"),
    endTime: new NumberTerm<"run">("attributes.end_time"),
    metric: (key: string) => new NumberTerm<"run">(`metrics.${named(key)}`),
    param: (key: string) => new TextTerm<"run">(`params.${named(key)}`),
    tag: (key: string) => new TextTerm<"run">(`tags.${named(key)}`),
    dataset: {
      name: new ListedTextTerm<"run">("datasets.name"),
      digest: new ListedTextTerm<"run">("datasets.digest"),
      context: new ListedTextTerm<"run">("datasets.context"),
    },
  },
  experiment: {
    name: new TextTerm<"experiment">("name"),
    creationTime: new NumberTerm<"experiment">("creation_time"),
    lastUpdateTime: new NumberTerm<"experiment">("last_update_time"),
    tag: (key: string) => new TextTerm<"experiment">(`tags.${named(key)}`),
  },
  registeredModel: {
    name: new TextTerm<"registeredModel">("name"),
    tag: (key: string) => new TextTerm<"registeredModel">(`tags.${named(key)}`),
  },
  modelVersion: {
    name: new ListedTextTerm<"modelVersion">("name"),
    version: new NumberTerm<"modelVersion">("version_number"),
    runId: new ListedTextTerm<"modelVersion">("run_id"),
    source: new TextTerm<"modelVersion">("source_path"),
    tag: (key: string) => new TextTerm<"modelVersion">(`tags.${named(key)}`),
  },
  loggedModel: {
    name: new ListedTextTerm<"loggedModel">("name"),
    id: new ListedTextTerm<"loggedModel">("model_id"),
    type: new TextTerm<"loggedModel">("model_type"),
    runId: new TextTerm<"loggedModel">("source_run_id"),
    creationTime: new NumberTerm<"loggedModel">("creation_timestamp"),
    metric: (key: string) => new NumberTerm<"loggedModel">(`metrics.${named(key)}`),
    param: (key: string) => new TextTerm<"loggedModel">(`params.${named(key)}`),
    tag: (key: string) => new TextTerm<"loggedModel">(`tags.${named(key)}`),
  },
};

function named(key: string): string {
  if (key.includes("`")) throw new TypeError(`key ${key}: MLflow searches by no key with a backtick`);
  return `\`${key}\``;
}

/** MLflow escapes nothing: a text may hold one kind of quote. */
function quoted(value: string): string {
  if (!value.includes("'")) return `'${value}'`;
  if (!value.includes('"')) return `"${value}"`;
  throw new TypeError(`value ${value}: MLflow's search takes no value with both kinds of quotes`);
}
