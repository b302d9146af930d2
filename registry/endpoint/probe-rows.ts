import type { FeatureSet } from "@falconry/model/feature-set.ts";
import type { Frame } from "@falconry/model/frame.ts";
import { z } from "zod";

const maxProbeRows = 8;

const rowSchema = z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()]));

/** As the ledger keeps them. */
export const probeRowsSchema = z.array(rowSchema).nonempty();

/** A row of features, by column. */
export type Row = z.infer<typeof rowSchema>;

/** The first rows of a test part, features only. */
export function probeRows({ features }: FeatureSet, test: Frame): Row[] {
  return Array.from({ length: Math.min(test.rows, maxProbeRows) }, (_, row) =>
    Object.fromEntries(features.map(({ name }) => [name, test.columns[name]?.[row] ?? null])),
  );
}
