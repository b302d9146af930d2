/** A fenced block of a README that is executed. */
export interface Example {
  language: "sh" | "ts" | "py";
  code: string;
  /** The line of the README that the block opens at. */
  line: number;
  /** Lines that the example must print, where a `text` block follows it with nothing between them. */
  prints: string[];
}

const executed = new Set(["sh", "ts", "py"]);

/** The examples of a README, in its order. Blocks of any other language are for reading only. */
export function examplesOf(markdown: string): Example[] {
  const blocks = fencedBlocks(markdown);
  return blocks.flatMap(({ language, code, line }, index) => {
    if (!isExecuted(language)) return [];
    const next = blocks[index + 1];
    const prints = next?.language === "text" && next.directlyAfterBlock ? next.code.split("\n").filter((text) => text.trim() !== "") : [];
    return [{ language, code, line, prints }];
  });
}

/**
 * What a README's line of output stands for: any number for a number, any digest for a digest of seven hex digits or more, anything for
 * `…`, any spaces for spaces.
 */
export function outputPattern(line: string): RegExp {
  const parts = line.trim().split(/(\b(?=[a-f]*\d)[0-9a-f]{7,}\b|\d+(?:\.\d+)?|…|\s+)/);
  return new RegExp(parts.map((part, index) => (index % 2 === 0 ? literally(part) : wildcard(part))).join(""));
}

function literally(part: string): string {
  return part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function wildcard(part: string): string {
  if (part === "…") return ".*";
  if (part.trim() === "") return "\\s+";
  return /^[0-9a-f]{7,}$/.test(part) ? "[0-9a-f]+" : "[\\d.]+";
}

interface Block {
  language: string;
  code: string;
  line: number;
  /** Only empty lines stand between this block and the one before. */
  directlyAfterBlock: boolean;
}

function fencedBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  let onlyEmptyLines = false;
  for (const [index, text] of markdown.split("\n").entries()) {
    if (!text.startsWith("```")) {
      if (open !== undefined) open.code += `${text}\n`;
      else if (text.trim() !== "") onlyEmptyLines = false;
    } else if (open === undefined) {
      open = { language: text.slice(3).trim(), code: "", line: index + 1, directlyAfterBlock: onlyEmptyLines };
    } else {
      blocks.push(open);
      open = undefined;
      onlyEmptyLines = true;
    }
  }
  return blocks;
}

function isExecuted(language: string): language is Example["language"] {
  return executed.has(language);
}
