import { fc, test } from "@fast-check/vitest";
import { expect, vi } from "vitest";
import { fitModel } from "../candidates/fit-model.ts";
import { logisticRegression } from "../candidates/logistic-regression.ts";
import { majority } from "../candidates/majority.ts";
import type { FeatureTable } from "../features/feature-table.ts";
import { exportGraph } from "./export-graph.ts";

// a property loads dozens of graphs
vi.setConfig({ testTimeout: 60_000 });

const row = fc.record({
  // sixteenths are exact in 32 bits, as the graph reads them
  mass: fc.option(fc.integer({ min: -1e6, max: 1e6 }).map((sixteenths) => sixteenths / 16)),
  orbit: fc.option(fc.constantFrom("LEO", "GTO", "É", "")),
  label: fc.nat({ max: 1 }),
});
const table = fc.array(row, { minLength: 4, maxLength: 30 }).map(
  (rows): FeatureTable => ({
    features: [
      { name: "mass", type: "double" },
      { name: "orbit", type: "string" },
    ],
    columns: new Map<string, (number | string | null)[]>([
      ["mass", rows.map(({ mass }) => mass)],
      ["orbit", rows.map(({ orbit }) => orbit)],
    ]),
    keys: rows.map((_, index) => [`${index}`]),
    labels: rows.map(({ label }, index) => (index < 2 ? index : label)),
    classes: [0, 1],
  }),
);

test.prop([table, table], { numRuns: 30 })(
  "whatever the rows, the graph answers what the fitted model answers, and its bytes are always the same",
  async (train, unseen) => {
    for (const candidate of [majority("majority"), logisticRegression("lr", { C: 1 })]) {
      const model = await fitModel(candidate, train, 0);
      expect(Buffer.from(await exportGraph(model, unseen)).equals(await exportGraph(model, train))).toBe(true);
    }
  },
);

test("a year is told from the next one, large as its mean is beside its deviation", async () => {
  const years = [2015, 2016, 2017, 2017, 2018, 2019, 2020];
  const rows: FeatureTable = {
    features: [{ name: "year", type: "double" }],
    columns: new Map([["year", years]]),
    keys: years.map((year, index) => [`${year} ${index}`]),
    labels: [0, 0, 1, 0, 1, 1, 1],
    classes: [0, 1],
  };
  await expect(exportGraph(await fitModel(logisticRegression("lr", { C: 1000 }), rows, 0), rows)).resolves.toBeInstanceOf(Uint8Array);
});

test("a graph that answers something else is refused with row, class and both probabilities", async () => {
  const rows: FeatureTable = {
    features: [{ name: "x", type: "double" }],
    columns: new Map([["x", [1, 2]]]),
    keys: [["a"], ["b"]],
    labels: [0, 1],
    classes: ["no", "yes"],
  };
  const model = {
    ...(await fitModel(majority("majority"), rows, 0)),
    predictProbabilities: () => [
      [0.5, 0.5],
      [0.5001, 0.4999],
    ],
  };
  await expect(exportGraph(model, rows)).rejects.toMatchObject({
    code: "train.export-differs",
    message: "b: probability of no is 0.5 by the graph, 0.5001 by the fitted model",
  });
});
