/**
 * One JSON object of an answer, read field by field. MLflow leaves out fields that are not set, so each reader says whether the
 * field is promised. Where an answer is not as promised, each throws what `malformed` makes of the problem, which names the field
 * by its path from the answer's root.
 */
export class JsonObject {
  readonly #fields: Record<string, unknown>;
  readonly #malformed: (problem: string) => Error;
  readonly #where: string;

  constructor(value: unknown, malformed: (problem: string) => Error, where = "answer") {
    if (!isRecord(value)) throw malformed(`${where} is no object`);
    this.#fields = value;
    this.#malformed = malformed;
    this.#where = where;
  }

  text(field: string): string {
    return this.optionalText(field) ?? this.#missing(field);
  }

  optionalText(field: string): string | undefined {
    const value = this.#fields[field];
    if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
    throw this.#malformed(`${this.#where}.${field} is no string`);
  }

  number(field: string): number {
    return this.optionalNumber(field) ?? this.#missing(field);
  }

  oneOf<const T extends string>(field: string, values: readonly T[]): T {
    const text = this.text(field);
    const value = values.find((one) => one === text);
    if (value !== undefined) return value;
    throw this.#malformed(`${this.#where}.${field} is "${text}", not one of ${values.join(", ")}`);
  }

  /** Protobuf's JSON writes NaN, the infinities and (from some servers) 64-bit integers as strings. */
  optionalNumber(field: string): number | undefined {
    const value = this.#fields[field];
    if (value === undefined || value === null || typeof value === "number") return value ?? undefined;
    if (typeof value === "string" && (value === "NaN" || (value !== "" && !Number.isNaN(Number(value))))) return Number(value);
    throw this.#malformed(`${this.#where}.${field} is no number`);
  }

  /** An absent boolean is false. */
  boolean(field: string): boolean {
    return this.#fields[field] === true;
  }

  object(field: string): JsonObject {
    return this.#child(this.#fields[field], field);
  }

  /** An absent object is empty. */
  objectOrEmpty(field: string): JsonObject {
    return this.#child(this.#fields[field] ?? {}, field);
  }

  /** An absent list is empty. */
  objects(field: string): JsonObject[] {
    return this.#list(field).map((item, index) => this.#child(item, `${field}[${index}]`));
  }

  /** An absent list is empty. */
  texts(field: string): string[] {
    return this.#list(field).map((item, index) => {
      if (typeof item === "string") return item;
      throw this.#malformed(`${this.#where}.${field}[${index}] is no string`);
    });
  }

  /** A list of `{key, value}` objects as a record: MLflow's tags and params. */
  keyed(field: string): Record<string, string> {
    return Object.fromEntries(this.objects(field).map((entry) => [entry.text("key"), entry.optionalText("value") ?? ""]));
  }

  /** An absent record is empty; what is no string in it is left out. */
  record(field: string): Record<string, string> {
    const value = this.#fields[field] ?? {};
    if (!isRecord(value)) throw this.#malformed(`${this.#where}.${field} is no object`);
    return Object.fromEntries(Object.entries(value).flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : [])));
  }

  #child(value: unknown, field: string): JsonObject {
    return new JsonObject(value, this.#malformed, `${this.#where}.${field}`);
  }

  #list(field: string): unknown[] {
    const value = this.#fields[field] ?? [];
    if (Array.isArray(value)) return value;
    throw this.#malformed(`${this.#where}.${field} is no list`);
  }

  #missing(field: string): never {
    throw this.#malformed(`${this.#where}.${field} is missing`);
  }
}

/** A record as MLflow takes tags and params: a list of `{key, value}`. */
export function keyValues(record: Record<string, string> | undefined): { key: string; value: string }[] {
  return Object.entries(record ?? {}).map(([key, value]) => ({ key, value }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
