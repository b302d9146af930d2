import { ContentStore } from "@falconry/environment/content-store.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import { readParquet } from "@falconry/model/frame.ts";
import { readFeatureSet } from "../gates/lineage.ts";
import type { Deployment } from "./deployment.ts";

const maxProbeRows = 8;

/** A row of features, by column. */
export type Row = Record<string, number | string | boolean | null>;

/**
 * The first rows of the test part that belongs to a deployment, features only.
 *
 * @throws FalconryError `content.missing`, `content.corrupt`
 */
export async function probeRows(environment: Environment, { features: digest }: Deployment): Promise<Row[]> {
  const { features, test } = await readFeatureSet(environment, digest);
  const frame = await readParquet(await new ContentStore(environment.s3, environment.descriptor.lake.features).get(test.sha256));
  return Array.from({ length: Math.min(frame.rows, maxProbeRows) }, (_, row) =>
    Object.fromEntries(features.map(({ name }) => [name, frame.columns[name]?.[row] ?? null])),
  );
}
