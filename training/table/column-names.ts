import { DuckDBInstance } from "@duckdb/node-api";

const longestName = 60;

/**
 * A name for each column that SQL writes without quotes on every engine, and that no other has, whatever its case.
 *
 * @param headers as the file calls them; an empty one goes by its place
 */
export async function columnNames(headers: string[]): Promise<string[]> {
  const taken = await reservedWords();
  return headers.map((header, index) => {
    const name = unlike(taken, plainName(header) || `c${index + 1}`);
    taken.add(name.toLowerCase());
    return name;
  });
}

/** A name that is not among those taken: with a number behind it, if it has to be. */
export function unlike(taken: ReadonlySet<string>, name: string): string {
  if (!taken.has(name.toLowerCase())) return name;
  let count = 2;
  while (taken.has(`${name}_${count}`.toLowerCase())) count += 1;
  return `${name}_${count}`;
}

function plainName(header: string): string {
  const plain = header
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .slice(0, longestName)
    .replace(/^_+|_+$/g, "");
  return /^[0-9]/.test(plain) ? `c_${plain}` : plain;
}

/** What SQL reserves, and what a model's outputs are called (model/onnx). */
async function reservedWords(): Promise<Set<string>> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    const found = await connection.runAndReadAll(
      "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')",
    );
    return new Set([...found.getRows().map(([word]) => String(word)), "prediction"]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
