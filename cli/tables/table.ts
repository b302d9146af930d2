import Table from "cli-table3";
import colours from "picocolors";

const lineless = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** A value as it was written by whomever, or one of ours with a colour. */
export type Cell = string | number | { text: string; colour(text: string): string };

/** Rows under a heading, columns aligned, no lines. Numbers stand to the right. */
export function table(heading: string[], rows: Cell[][]): string {
  const drawn = new Table({
    head: heading.map((title) => colours.dim(title)),
    chars: lineless,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colAligns: heading.map((_, column) => (rows.length > 0 && rows.every((row) => typeof row[column] === "number") ? "right" : "left")),
  });
  drawn.push(...rows.map((row) => row.map(shown)));
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** `name  value` lines. Further lines of a value stand under its first. */
export function facts(pairs: [name: string, value: Cell][]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs
    .map(([name, value]) => `${colours.dim(name.padEnd(width))}  ${shown(value).replaceAll("\n", `\n${" ".repeat(width + 2)}`)}`)
    .join("\n");
}

/** What somebody wrote, with nothing in it that moves a terminal's cursor or turns its text around. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, "\u{fffd}");
}

/** The beginning of a digest, as people compare it. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

export function passed(yes: boolean): Cell {
  return yes ? { text: "passed", colour: colours.green } : { text: "failed", colour: colours.red };
}

/** Colours come last: those that somebody wrote are not shown. */
function shown(cell: Cell): string {
  return typeof cell === "object" ? cell.colour(printable(cell.text)) : printable(String(cell));
}
