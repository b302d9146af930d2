import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { accuracy, confusionMatrix } from "@falconry/model/metrics.ts";
import { declaredCandidates } from "@falconry/training/candidates/declared.ts";
import { fitModel } from "@falconry/training/candidates/fit-model.ts";
import { crossValidate } from "@falconry/training/evaluation/cross-validate.ts";
import { scored } from "@falconry/training/evaluation/measure.ts";
import { FeatureQuery } from "@falconry/training/features/feature-query.ts";
import { type FeatureTable, keyOf, selectRows } from "@falconry/training/features/feature-table.ts";
import { partRows } from "@falconry/training/features/part-rows.ts";
import { withCleanRecords } from "@falconry/training/testing/with-clean-records.ts";
import { beforeAll, expect, test } from "vitest";

const published = join(checkoutFolder, "../shared/data/falcon");
const [dateField, serialField] = [1, 14];
const workload = await loadWorkload("falcon");
const [logisticRegression] = await declaredCandidates(workload, ["logistic-regression"]);
if (logisticRegression === undefined) throw new Error("falcon declares no logistic regression");

let table: FeatureTable;

beforeAll(async () => {
  const sql = await readFile(join(workload.folder, workload.features.sql), "utf8");
  await withCleanRecords(workload, async ({ parquet }) => {
    const query = await FeatureQuery.run(sql, [parquet], workload);
    table = query.table;
    query.close();
  });
});

test.skipIf(!existsSync(published))(
  "on the published split, without the columns that leak, it reaches the published accuracy and confusion",
  async () => {
    const [, ...launches] = (await readFile(join(published, "dataset_part_2.csv"), "utf8")).split("\n").map((line) => line.split(","));
    const { test_rows, published: expected } = JSON.parse(await readFile(join(published, "published_split.json"), "utf8"));
    const testKeys = new Set(test_rows.map((row: number) => `${launches[row]?.[dateField]} ${launches[row]?.[serialField]}`));
    const rows = table.labels.map((_, row) => ({ row, isTest: testKeys.has(keyOf(table, row).join(" ")) }));
    const part = (isTest: boolean) =>
      selectRows(
        table,
        rows.filter((each) => each.isTest === isTest).map(({ row }) => row),
      );
    const tested = part(true);
    expect(tested.labels).toHaveLength(18);

    const model = await fitModel(logisticRegression, part(false), 0);
    const { actual, predictions, classes } = scored(tested, model.predict(tested));
    const confusion = confusionMatrix(actual, predictions, classes);
    expect(confusion).toEqual(expected.confusion);
    expect(accuracy(confusion)).toBeCloseTo(expected.accuracy, 4);
  },
);

test("on the declared split and folds the ten-fold accuracy is .80 or more", async () => {
  const { train } = partRows(table, workload.split, []);
  const { metrics, folds } = await crossValidate(logisticRegression, selectRows(table, train), workload.crossValidation);
  expect(folds.accuracy).toHaveLength(10);
  expect(metrics.accuracy?.mean).toBeGreaterThanOrEqual(0.8);
});
