import Papa from "papaparse";

/** A line of a CSV: its fields, or the text that could not be split and why. */
export type CsvRow = { fields: string[] } | { broken: string; reason: string };

/** No table has longer records; an unclosed quote would make one out of the rest of the file. */
const longestRecord = 4 << 20;
/** What a record is given where those before it were not closed: a file of nothing but unclosed quotes is read in linear time. */
const shortestWindow = 4 << 10;

/**
 * Splits the text of a CSV into rows as the text arrives. A record whose quotes do not match ends with its first line: what follows is
 * read as records again. Memory is bounded by the longest record.
 */
export class CsvSplitter {
  readonly #take: (row: CsvRow) => void;
  readonly #delimiter: string;
  #newline: "\n" | "\r" | undefined;
  /** Lines end with a carriage return and a line feed. */
  #twoCharacters = false;
  #pending = "";
  /** Characters of `#pending` below which splitting again would find nothing new. */
  #worthwhile = 0;
  /** Characters that are looked at together. */
  #window = longestRecord;
  /** What is pending begins inside of a line that was given up. */
  #skipping = false;

  /** @param delimiter one character @param take gets every row but empty lines, in their order */
  constructor(delimiter: string, take: (row: CsvRow) => void) {
    this.#delimiter = delimiter;
    this.#take = take;
  }

  push(text: string): void {
    this.#pending += text;
    this.#newline ??= this.#lineEnd(text, false);
    if (this.#newline !== undefined && this.#pending.length >= this.#worthwhile) this.#split(this.#newline, false);
  }

  /** Nothing can be pushed afterwards. */
  end(): void {
    this.#split(this.#newline ?? this.#lineEnd(this.#pending, true) ?? "\n", true);
  }

  /** Old files end their lines with a carriage return alone: to be known only after much text without a line feed. */
  #lineEnd(text: string, last: boolean): "\n" | "\r" | undefined {
    if (text.includes("\n")) return "\n";
    if (!last && this.#pending.length < longestRecord) return undefined;
    return this.#pending.includes("\r") ? "\r" : "\n";
  }

  #split(newline: "\n" | "\r", last: boolean): void {
    this.#twoCharacters ||= this.#pending.includes("\r\n");
    while (this.#pending !== "") {
      if (this.#skipping && !this.#skipLine(newline)) break;
      const whole = this.#pending.length <= this.#window;
      const text = whole ? this.#pending : this.#pending.slice(0, this.#window);
      const { taken, reason } = this.#takeRows(text, newline, last && whole);
      this.#pending = this.#pending.slice(taken);
      if (reason !== undefined) this.#giveUp(reason, newline);
      else if (taken === 0 && !whole && (text.includes(newline) || this.#window === longestRecord)) {
        this.#giveUp(`a quote is not closed, or the record is longer than ${this.#window} characters`, newline);
      } else {
        this.#window = Math.min(longestRecord, this.#window * 2);
        if (whole) break;
      }
    }
    this.#worthwhile = Math.min(this.#window, this.#pending.length * 2);
  }

  /** Takes the rows that the text holds whole, up to one that cannot be split. */
  #takeRows(text: string, newline: "\n" | "\r", last: boolean): { taken: number; reason?: string } {
    const settings = { delimiter: this.#delimiter, newline };
    if (!text.includes('"')) {
      const { data, meta }: Papa.ParseResult<string[]> = new Papa.Parser(settings).parse(text, 0, !last);
      for (const fields of data) this.#takeFields(fields);
      return { taken: last ? text.length : meta.cursor };
    }
    let taken = 0;
    let reason: string | undefined;
    const parser = new Papa.Parser({
      ...settings,
      step: ({ data, errors, meta }: Papa.ParseStepResult<string[][]>) => {
        reason = errors[0]?.message;
        if (reason !== undefined) return parser.abort();
        taken = meta.cursor;
        for (const fields of data) this.#takeFields(fields);
      },
    });
    parser.parse(text, 0, !last);
    return reason === undefined ? { taken } : { taken, reason: `quotes do not match: ${reason}` };
  }

  #takeFields(fields: string[]): void {
    const end = fields.length - 1;
    const lastField = fields[end] ?? "";
    if (this.#twoCharacters && lastField.endsWith("\r")) fields[end] = lastField.slice(0, -1);
    if (end > 0 || fields[0] !== "") this.#take({ fields });
  }

  /** The first line of what is pending is no record. */
  #giveUp(reason: string, newline: string): void {
    const end = this.#pending.indexOf(newline);
    this.#take({ broken: end < 0 ? this.#pending : this.#pending.slice(0, end), reason });
    this.#window = Math.max(shortestWindow, this.#window / 2);
    this.#skipping = true;
  }

  /** @returns false where the line that is left out has not ended yet */
  #skipLine(newline: string): boolean {
    const end = this.#pending.indexOf(newline);
    this.#skipping = end < 0;
    this.#pending = end < 0 ? "" : this.#pending.slice(end + 1);
    return end >= 0;
  }
}
