import Papa from "papaparse";

/** How a CSV is laid out. */
export interface Layout {
  delimiter: string;
  /** Fields of most rows. */
  width: number;
  /** The first line, split; it may name the columns or be a record. */
  firstRow: string[];
  /** Some of the rows below it. */
  rows: string[][];
}

/** From the one that stands in texts and numbers least often: of two that split the rows alike the first is meant. */
const delimiters = ["\t", ";", "|", ","];
const sampledRows = 500;
/** A delimiter that splits fewer rows alike stands in texts. */
const alikeShare = 0.8;
/** A line of names that is split like the rows below tells more than any one of them. */
const firstRowCounts = 0.5;

/** @param text the beginning of a table, without a row that is cut */
export function recogniseLayout(text: string): Layout {
  const newline = text.includes("\r") && !text.includes("\n") ? "\r" : "\n";
  let best: { layout: Layout; score: number } | undefined;
  for (const delimiter of delimiters) {
    const layout = layoutBy(delimiter, newline, text);
    const all = [layout.firstRow, ...layout.rows];
    const alike = all.filter(({ length }) => length === layout.width).length / all.length;
    if (layout.width === 1 || alike < alikeShare) continue;
    const score = alike + (layout.firstRow.length === layout.width ? firstRowCounts : 0);
    if (best === undefined || score > best.score) best = { layout, score };
  }
  return best?.layout ?? layoutBy(",", newline, text);
}

function layoutBy(delimiter: string, newline: "\n" | "\r", text: string): Layout {
  const { data }: Papa.ParseResult<string[]> = new Papa.Parser({ delimiter, newline, preview: sampledRows }).parse(text, 0, false);
  const rows = data.map(withoutCarriageReturn).filter((fields) => fields.length > 1 || fields[0] !== "");
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [mostFrequent] = [...counts].sort(([oneWidth, one], [otherWidth, other]) => other - one || otherWidth - oneWidth);
  const [firstRow = [], ...below] = rows;
  return { delimiter, width: mostFrequent?.[0] ?? 1, firstRow, rows: below };
}

function withoutCarriageReturn(fields: string[]): string[] {
  return fields.map((field, index) => (index === fields.length - 1 && field.endsWith("\r") ? field.slice(0, -1) : field));
}
