import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import type { FeatureTable } from "../features/feature-table.ts";
import { numbers, tableOf } from "../testing/table-of.ts";
import { trainingReference } from "./reference.ts";

function table(mass: (number | null)[], site: (string | null)[]): FeatureTable {
  return tableOf(
    { mass: numbers(mass), site },
    mass.map(() => 0),
    ["no", "yes"],
  );
}

test("a text's values are counted, the most frequent by name, the others together, missing ones apart", () => {
  const site = [...Array.from({ length: 120 }, (_, row) => (row < 60 ? "east" : `site ${row}`)), null];
  const { inputs, rows } = trainingReference(
    table(
      site.map(() => 1),
      site,
    ),
    [],
  );
  expect(rows).toBe(121);
  expect(inputs.site).toMatchObject({ missing: 1, others: 61 - 50, counts: { east: 60 } });
});

test("predictions are counted by class", () => {
  expect(trainingReference(table([1], ["a"]), ["yes", "no", "yes"]).predictions).toEqual({
    type: "string",
    missing: 0,
    counts: { yes: 2, no: 1 },
    others: 0,
  });
});

propertyTest.prop([fc.array(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }), { minLength: 1 })])(
  "a number's bins count every row once, in ascending bins",
  (mass) => {
    const { inputs } = trainingReference(
      table(
        mass,
        mass.map(() => "a"),
      ),
      [],
    );
    const distribution = inputs.mass;
    if (distribution?.type !== "double") throw new Error("it is no distribution of numbers");
    const { edges, counts, missing } = distribution;
    expect(counts.reduce((sum, count) => sum + count, 0) + missing).toBe(mass.length);
    expect(counts).toHaveLength(edges.length + 1);
    expect([...edges].sort((one, other) => one - other)).toEqual(edges);
  },
);
