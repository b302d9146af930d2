import { seededRandom, shuffledIndices } from "@falconry/model/seeded-random.ts";
import { mean } from "simple-statistics";
import { type FeatureTable, pickValues, selectRows } from "../features/feature-table.ts";

export interface Importance {
  feature: string;
  /** How much the score falls when the feature's values are dealt to other rows: mean, least and most of the deals. Around 0 the model does without it. */
  mean: number;
  low: number;
  high: number;
}

const deals = 5;
/** More rows would only take longer. */
const mostRows = 2_000;
/** Of more features nobody reads a list, and each is predicted for anew. */
const mostFeatures = 500;

/**
 * Of each feature how much a model loses without it, the most important first. Features that say the same cover for each other: both may come out as unimportant.
 *
 * @param score of the model on such rows; higher is better
 * @param seed of the deals
 * @returns empty where there are more than 500 features
 * @see Breiman (2001), Random forests; Fisher, Rudin and Dominici (2019), All models are wrong, but many are useful
 */
export function permutationImportance(all: FeatureTable, score: (rows: FeatureTable) => number, seed: number): Importance[] {
  if (all.features.length > mostFeatures) return [];
  const stride = Math.ceil(all.labels.length / mostRows);
  const rows =
    stride <= 1
      ? all
      : selectRows(
          all,
          [...all.labels.keys()].filter((row) => row % stride === 0),
        );
  const whole = score(rows);
  const random = seededRandom(seed);
  return rows.features
    .map(({ name }) => {
      const losses = Array.from({ length: deals }, () => whole - score(withDealt(rows, name, random)));
      return { feature: name, mean: mean(losses), low: Math.min(...losses), high: Math.max(...losses) };
    })
    .sort((one, other) => other.mean - one.mean);
}

function withDealt(rows: FeatureTable, feature: string, random: () => number): FeatureTable {
  const values = rows.columns.get(feature) ?? [];
  const dealt = pickValues(values, shuffledIndices(values.length, random));
  return { ...rows, columns: new Map([...rows.columns, [feature, dealt]]) };
}
