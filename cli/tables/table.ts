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

/** Rows under a heading, columns aligned, no lines. Numbers stand to the right. */
export function table(heading: string[], rows: (string | number)[][]): string {
  const drawn = new Table({
    head: heading.map((title) => colours.dim(title)),
    chars: lineless,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colAligns: heading.map((_, column) => (rows.length > 0 && rows.every((row) => typeof row[column] === "number") ? "right" : "left")),
  });
  drawn.push(...rows);
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** `name  value` lines. */
export function facts(pairs: [name: string, value: string | number][]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${colours.dim(name.padEnd(width))}  ${value}`).join("\n");
}

/** What somebody wrote, with nothing in it that moves a terminal's cursor or turns its text around. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, "\u{fffd}");
}

/** The beginning of a digest, as people compare it. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

export function passed(yes: boolean): string {
  return yes ? colours.green("passed") : colours.red("failed");
}
