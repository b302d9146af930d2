import { literal } from "../sql.ts";
import { unlike } from "./column-names.ts";
import { comment } from "./comment.ts";
import type { DeclaredTable } from "./declare.ts";
import type { JudgedColumn } from "./roles.ts";

/** A feature of the model and the expression that makes it. */
interface FeatureExpression {
  expression: string;
  name: string;
}

/** The query of a table's features, for DuckDB and Spark SQL alike. */
export function featuresSql(table: DeclaredTable): string {
  const { columns, key, target, split } = table;
  const time = split.declared.type === "time" ? split.declared.columns : [];
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const features = columns
    .filter(({ role }) => role === "feature")
    .flatMap((column) => expressionsOf(column, time, taken))
    .map(({ expression, name }) => (expression === name ? name : `${expression} AS ${name}`));
  const leftOut = columns.filter(({ role }) => role === "left-out").map(({ name }) => name);
  const lines = [
    "-- What a model may know of a row. Runs on DuckDB and on Spark SQL alike.",
    ...(leftOut.length === 0
      ? []
      : [`-- Left out, workload.ts says why: ${leftOut.slice(0, 50).join(", ")}${leftOut.length > 50 ? ", …" : ""}`]),
    ...target.rare.slice(0, 20).map(([text, rows]) => `-- Too few rows to learn from: ${comment(text)} (${rows})`),
    "SELECT",
    [key, ...features, target.column.name].map((column) => `  ${column}`).join(",\n"),
    "FROM records",
    ...(target.rare.length === 0 ? [] : [`WHERE ${target.column.name} NOT IN (${rareValues(table)})`]),
  ];
  return `${lines.join("\n")}\n`;
}

function expressionsOf({ name, recognised: { type } }: JudgedColumn, time: string[], taken: Set<string>): FeatureExpression[] {
  if (type === "string" || type === "number") return [{ expression: name, name }];
  if (type === "integer" || type === "boolean") return [{ expression: `CAST(${name} AS DOUBLE)`, name }];
  const parts = [...(time.includes(name) ? [] : ["year"]), "month", "dayofyear", ...(type === "timestamp" ? ["hour"] : [])];
  return parts.map((part) => {
    const feature = unlike(taken, `${name}_${part}`);
    taken.add(feature.toLowerCase());
    return { expression: `CAST(${part}(${name}) AS DOUBLE)`, name: feature };
  });
}

function rareValues({ target, columns }: DeclaredTable): string {
  const type = columns.find(({ name }) => name === target.column.name)?.recognised.type;
  return target.rare.map(([text]) => (type === "string" ? literal(text) : text)).join(", ");
}
