import { seededRandom } from "@falconry/model/seeded-random.ts";
import { copied } from "./column-profile.ts";

const mostRows = 20_000;
const mostCells = 2_000_000;
const seed = 1;

/** Rows of a table, each as likely as any other (Vitter's reservoir), and the same ones each time. */
export class RowSample {
  /** By column. */
  readonly columns: string[][];
  readonly #rows: number;
  readonly #random = seededRandom(seed);
  /** One copy of each text of a column. */
  readonly #texts: Map<string, string>[];
  #seen = 0;

  constructor(width: number) {
    this.columns = Array.from({ length: width }, () => []);
    this.#texts = this.columns.map(() => new Map());
    this.#rows = Math.min(mostRows, Math.max(100, Math.floor(mostCells / Math.max(1, width))));
  }

  add(fields: string[]): void {
    const place = this.#seen < this.#rows ? this.#seen : Math.floor(this.#random() * (this.#seen + 1));
    this.#seen += 1;
    if (place >= this.#rows) return;
    for (const [index, column] of this.columns.entries()) column[place] = this.#one(fields[index] ?? "", index);
  }

  #one(text: string, index: number): string {
    const texts = this.#texts[index];
    const known = texts?.get(text);
    if (known !== undefined) return known;
    const kept = copied(text);
    if (texts !== undefined && texts.size < mostRows) texts.set(kept, kept);
    return kept;
  }
}
