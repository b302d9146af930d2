import type { DuckDBConnection } from "@duckdb/node-api";
import { identifier, literal } from "../../sql.ts";
import { type Drift, drift } from "./drift.ts";
import { rowsOf } from "./query.ts";

/** Bins hold a tenth of the earlier version's values each. */
const quantiles = Array.from({ length: 9 }, (_, index) => (index + 1) / 10);
/** The most frequent categories; the others count as one. */
const categoriesCompared = 50;

/** What a version holds in one column. */
export interface ColumnSummary {
  /** Share of the rows, 0 to 1. */
  missing: number;
  /** Numbers; dates have none. Null where every value is missing. */
  mean?: number | null;
  deviation?: number | null;
  /** Dates, strings and booleans: how many different values. */
  distinct?: number;
}

export interface ColumnDrift extends Drift {
  column: string;
  type: string;
  from: ColumnSummary;
  to: ColumnSummary;
  /** Rows of both versions in which the value is another. */
  changedRows: number;
}

/** How differently a column is spread in the views `earlier` and `later`. */
export async function columnDrift(connection: DuckDBConnection, name: string, type: string): Promise<Omit<ColumnDrift, "changedRows">> {
  const bin = type === "string" || type === "boolean" ? await category(connection, name) : await interval(connection, name, type);
  const counts = await rowsOf(
    connection,
    `SELECT count(*) FILTER (WHERE side = 1), count(*) FILTER (WHERE side = 2)
     FROM (SELECT 1 AS side, ${bin} AS bin FROM earlier UNION ALL SELECT 2, ${bin} FROM later) GROUP BY bin`,
  );
  const spread = drift(counts.map(([from, to]) => [Number(from), Number(to)]));
  return {
    column: name,
    type,
    ...spread,
    from: await summary(connection, "earlier", name, type),
    to: await summary(connection, "later", name, type),
  };
}

/** A number or a date as the number of the bin it falls into; NULL where it is missing. */
async function interval(connection: DuckDBConnection, name: string, type: string): Promise<string> {
  const value = type === "date" ? `epoch(${identifier(name)})` : `CAST(${identifier(name)} AS DOUBLE)`;
  const known = `CASE WHEN isfinite(${value}) THEN ${value} END`;
  const [row = []] = await rowsOf(
    connection,
    `SELECT ${quantiles.map((share) => `quantile_disc(${known}, ${share})`).join(", ")} FROM earlier`,
  );
  const edges = [...new Set(row.map(Number).filter((edge, index) => row[index] !== null && Number.isFinite(edge)))];
  if (edges.length === 0) return `${known} IS NULL`;
  return `(${edges.map((edge) => `CAST(${known} > ${edge}::DOUBLE AS INTEGER)`).join(" + ")})`;
}

async function category(connection: DuckDBConnection, name: string): Promise<string> {
  const value = `CAST(${identifier(name)} AS VARCHAR)`;
  const frequent = await rowsOf(
    connection,
    `SELECT value FROM (SELECT ${value} AS value FROM earlier UNION ALL SELECT ${value} FROM later)
     WHERE value IS NOT NULL GROUP BY value ORDER BY count(*) DESC, value LIMIT ${categoriesCompared}`,
  );
  const list = frequent.map(([text]) => literal(String(text))).join(", ");
  // A value that is not in the list is told from one that is missing, and from the text "other".
  return list === ""
    ? `${value} IS NULL`
    : `CASE WHEN ${value} IN (${list}) THEN 'is ' || ${value} WHEN ${value} IS NULL THEN NULL ELSE 'other' END`;
}

async function summary(connection: DuckDBConnection, view: string, name: string, type: string): Promise<ColumnSummary> {
  const column = identifier(name);
  const isNumber = type === "number" || type === "integer";
  // DuckDB gives up where squares overflow.
  const [[largest] = []] = isNumber ? await rowsOf(connection, `SELECT max(abs(${column}::DOUBLE)) FROM ${view}`) : [];
  const scale = Number(largest) > 1e150 ? `${largest}::DOUBLE` : "1";
  const measures = isNumber
    ? `avg(${column} / ${scale}) * ${scale}, stddev_samp(${column} / ${scale}) * ${scale}`
    : `count(DISTINCT ${column}), NULL`;
  const [[missing, first, second] = []] = await rowsOf(
    connection,
    `SELECT 1 - count(${column}) / greatest(count(*), 1), ${measures} FROM ${view}`,
  );
  const number = (value: unknown) => (value === null ? null : Number(value));
  const share = { missing: Number(missing) };
  return isNumber ? { ...share, mean: number(first), deviation: number(second) } : { ...share, distinct: Number(first) };
}
