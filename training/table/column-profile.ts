import { dayFormat, type ReadDay } from "../datasets/day-format.ts";

/** Ways of writing days that are told apart by their look; of a pair that is not, the one that fits more values is meant. */
const dayFormats = ["YYYY-MM-DD", "YYYY/M/D", "D.M.YYYY", "D/M/YYYY", "M/D/YYYY", "D-M-YYYY", "D MMMM YYYY", "D-MMMM-YYYY", "MMMM D, YYYY"];
const dayReaders = dayFormats.map((format): [string, ReadDay] => [format, dayFormat(format) ?? (() => undefined)]);
/** What a day may be followed by: a time, with an offset or not. */
const clock = /[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?$/;

const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const commaNumber = /^\s*[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+\s*$/;
const infinity = /^\s*[+-]?inf(inity)?\s*$/i;
const word = /^(true|false)$/i;

/** Texts that stand for a missing value wherever they are, and those that do so between numbers or days only. */
export const certainMarkers = ["", "NULL", "null", "NA", "N/A", "n/a", "NaN", "nan", "\\N", "#N/A", "<NA>", "#NA", "NaT", "(null)"];
export const likelyMarkers = [
  "?",
  "-",
  "--",
  ".",
  "*",
  "None",
  "none",
  "NONE",
  "nil",
  "unknown",
  "Unknown",
  "missing",
  "n.a.",
  "N.A.",
  "k.A.",
  "-nan",
  "#NV",
  "#DIV/0!",
  "#VALUE!",
];
const markers = new Set([...certainMarkers, ...likelyMarkers]);
const longestMarker = Math.max(...Array.from(markers, ({ length }) => length));

/** Different values that are counted one by one. */
export const countedValues = 2_000;
/** Values after which it is clear that a column holds no days. */
const daysTried = 500;
/** A text that is kept is cut, because a column may hold whole documents. */
const keptLength = 200;
/** V8 keeps the whole text that a longer piece was cut from. */
const copiedLength = 12;

/** What the values of one column look like, gathered one by one in memory that does not grow with the table. */
export class ColumnProfile {
  /** Values that are no text of a missing one. */
  values = 0;
  empty = 0;
  /** Texts that may stand for a missing value, as the file has them, with or without blanks, and their counts. */
  readonly markers = new Map<string, number>();
  numbers = 0;
  /** Of the numbers. */
  integers = 0;
  /** Integers that a number of 64 bits cannot hold exactly. */
  unsafe = 0;
  /** Of the numbers: those with a point. */
  points = 0;
  /** Written as 1.234,5. */
  commaNumbers = 0;
  infinities = 0;
  /** Numbers that would lose a zero: 007. */
  leadingZeros = 0;
  /** true and false, as words. */
  words = 0;
  /** Days by their format, and how many of them name a time too. */
  readonly days = new Map<string, number>();
  times = 0;
  longest = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** Values and their counts, as long as there are few; `values` tells how many there were when it became too many. */
  counts: Map<string, number> | undefined = new Map();
  valuesWhenTooMany = 0;
  /** All values, as long as no two are the same; only where that was asked for. */
  #all: Set<string> | undefined;
  #daysFound = 0;
  /** The formats that were seen among many days are tried before all others. */
  #likely: [string, ReadDay][] = [];

  /** @param proveUnique costs memory for each row: for a column that may be a key */
  constructor(proveUnique: boolean) {
    if (proveUnique) this.#all = new Set();
  }

  /** Each row has a value, and no other row has it: known only where it was to be proved. */
  get isUnique(): boolean {
    return this.#all !== undefined && this.empty === 0 && this.markers.size === 0;
  }

  add(field: string): void {
    if (field === "") {
      this.empty += 1;
      return;
    }
    const trimmed = field.trim();
    if (trimmed.length <= longestMarker && markers.has(trimmed)) {
      this.markers.set(field, (this.markers.get(field) ?? 0) + 1);
      return;
    }
    this.values += 1;
    if (field.length > this.longest) this.longest = field.length;
    if (number.test(field)) this.#addNumber(field);
    else this.#addText(field);
    this.#count(field);
  }

  /** How many different values there are; undefined where there are too many to count. */
  get distinct(): number | undefined {
    return this.counts?.size;
  }

  /** Most values are different ones. */
  isNearlyUnique(share: number): boolean {
    const [different, among] = this.counts === undefined ? [countedValues, this.valuesWhenTooMany] : [this.counts.size, this.values];
    return different > share * among;
  }

  #isNew(field: string, all: Set<string>): boolean {
    if (all.size === provedValues || all.has(field)) return false;
    all.add(field.length <= copiedLength ? field : Buffer.from(field).toString());
    return true;
  }

  #addNumber(field: string): void {
    const value = Number(field);
    if (!Number.isFinite(value)) {
      this.infinities += 1;
      return;
    }
    this.numbers += 1;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (field.includes(".")) this.points += 1;
    if (Number.isInteger(value)) {
      if (field.startsWith("0") && field.length > 1 && !field.includes(".")) this.leadingZeros += 1;
      this.integers += 1;
      if (!Number.isSafeInteger(value)) this.unsafe += 1;
    }
  }

  #addText(field: string): void {
    if (word.test(field)) this.words += 1;
    else if (commaNumber.test(field)) this.#addCommaNumber(field);
    else if (infinity.test(field)) this.infinities += 1;
    else if (this.#daysFound > 0 || this.values <= daysTried) this.#addDay(field.trim());
  }

  #addCommaNumber(field: string): void {
    this.commaNumbers += 1;
    const value = Number(field.replaceAll(".", "").replace(",", "."));
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  #addDay(field: string): void {
    if (field.length < 8 || field.length > 40) return;
    const time = field.includes(":") ? clock.exec(field) : null;
    const day = time === null ? field : field.slice(0, time.index);
    if (!this.#countDay(day, this.#likely) && !this.#countDay(day, dayReaders)) return;
    this.#daysFound += 1;
    if (this.#daysFound === daysTried) this.#likely = dayReaders.filter(([format]) => this.days.has(format));
    if (time !== null) this.times += 1;
  }

  #countDay(day: string, readers: [string, ReadDay][]): boolean {
    const fitting = readers.filter(([, read]) => read(day) !== undefined);
    for (const [format] of fitting) this.days.set(format, (this.days.get(format) ?? 0) + 1);
    return fitting.length > 0;
  }

  #count(field: string): void {
    if (this.#all !== undefined && !this.#isNew(field, this.#all)) this.#all = undefined;
    if (this.counts === undefined) return;
    const before = this.counts.get(field);
    if (before !== undefined) this.counts.set(field, before + 1);
    else if (this.counts.size < countedValues) this.counts.set(copied(field), 1);
    else {
      this.counts = undefined;
      this.valuesWhenTooMany = this.values;
    }
  }
}

/** Different texts that a column is proved by; of a larger table no column is taken for a key. */
const provedValues = 2_000_000;

/** The text in memory of its own, cut. */
export function copied(text: string): string {
  return text.length <= copiedLength ? text : Buffer.from(text.slice(0, keptLength)).toString();
}
