import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { newWorkload } from "./new-workload.ts";

const header = "order_id,year,month,day,price,region,rest,gone";

/** Orders whose outcome the price says something about. */
function orders(count: number): string {
  const lines = Array.from({ length: count }, (_, row) => {
    const region = ["north", "south", ""][row % 3];
    return `${row * 3 + 7},${2020 + Math.floor(row / 50)},${["May", "June"][row % 2]},${1 + (row % 28)},${(row * 37) % 50},${region},x,${Number((row * 37) % 50 > 20 !== (row % 4 === 0))}`;
  });
  return [header, ...lines].join("\n");
}

async function ordersFile(): Promise<{ folder: string; from: string }> {
  const folder = await temporaryFolder();
  const from = join(folder, "orders.csv");
  await writeFile(from, orders(120));
  return { folder: join(folder, "orders"), from };
}

test("what is written is a workload that loads by its path, with its table beside it", async () => {
  const { folder, from } = await ordersFile();
  const made = await newWorkload(folder, { from, target: "gone" });
  expect(made).toMatchObject({ workload: "orders", folder, key: "order_id", table: { records: 120 } });
  expect(await loadWorkload(folder)).toMatchObject({
    name: "orders",
    source: { sample: "orders.csv" },
    key: ["order_id"],
    target: { column: "gone", task: "classification" },
    columns: { region: { type: "string", optional: true }, price: { type: "integer" } },
    split: { type: "stratified" },
    crossValidation: { folds: 10 },
  });
  expect(await readFile(join(folder, "orders.csv"), "utf8")).toBe(orders(120));
});

test("each decision stands there with its reason", async () => {
  const { folder, from } = await ordersFile();
  await newWorkload(folder, { from, target: "gone", exclude: ["region"] });
  const text = await readFile(join(folder, "workload.ts"), "utf8");
  expect(text).toContain("// whole numbers, 7 to 364; the key: every row has another value\n    order_id:");
  expect(text).toContain("// texts, 2 different ones, 40 missing; left out: you said so\n    region:");
  expect(text).toContain("left out: it is the same in every row\n    rest:");
  expect(text).toContain("// it holds two numbers\n  target:");
});

test("the query sees features only, in what DuckDB and Spark both understand", async () => {
  const { folder, from } = await ordersFile();
  await newWorkload(folder, { from, target: "gone", exclude: ["region"] });
  expect((await readFile(join(folder, "features.sql"), "utf8")).split("\n").filter((line) => !line.startsWith("--"))).toEqual([
    "SELECT",
    "  order_id,",
    "  CAST(year AS DOUBLE) AS year,",
    "  month,",
    "  CAST(day AS DOUBLE) AS day,",
    "  CAST(price AS DOUBLE) AS price,",
    "  gone",
    "FROM records",
    "",
  ]);
});

describe("the split", () => {
  test("is by time where columns are named for it; the longest part is no feature", async () => {
    const { folder, from } = await ordersFile();
    await newWorkload(folder, { from, target: "gone", timeColumns: ["year", "month", "day"] });
    expect(await loadWorkload(folder)).toMatchObject({ split: { type: "time", columns: ["year", "month", "day"], testShare: 0.2 } });
    expect(await readFile(join(folder, "features.sql"), "utf8")).not.toContain("AS year");
  });

  test("is by group where a column is named for it", async () => {
    const { folder, from } = await ordersFile();
    await newWorkload(folder, { from, target: "gone", groupColumn: "day" });
    expect(await loadWorkload(folder)).toMatchObject({ split: { type: "group", column: "day" } });
  });

  test("is by no column that is the target", async () => {
    const { folder, from } = await ordersFile();
    for (const known of [{ timeColumns: ["gone"] }, { groupColumn: "gone" }, { exclude: ["gone"] }]) {
      await expect(newWorkload(folder, { from, target: "gone", ...known })).rejects.toMatchObject({ code: "table.target" });
    }
  });

  test("is by chance for a regression", async () => {
    const { folder, from } = await ordersFile();
    await newWorkload(folder, { from, target: "price", task: "regression" });
    expect(await loadWorkload(folder)).toMatchObject({ target: { column: "price", task: "regression" }, split: { type: "random" } });
  });
});

describe("what it is trained by", () => {
  const typesOf = async (folder: string) => (await loadWorkload(folder)).candidates.map(({ type }) => type);

  test("of classes: a baseline, a linear model and trees, compared by the accuracy that guessing has not", async () => {
    const { folder, from } = await ordersFile();
    await newWorkload(folder, { from, target: "gone" });
    expect(await typesOf(folder)).toEqual(["majority", "logistic-regression", "gradient-boosting"]);
    expect(await loadWorkload(folder)).toMatchObject({ metric: "accuracy", gates: { floor: 0.52, minimumRows: 12 } });
  });

  test("of a number: the mean, a linear model and trees, compared by the variance that they explain", async () => {
    const { folder, from } = await ordersFile();
    await newWorkload(folder, { from, target: "price", task: "regression" });
    expect(await typesOf(folder)).toEqual(["mean", "linear-regression", "gradient-boosting"]);
    expect(await loadWorkload(folder)).toMatchObject({ metric: "r2", gates: { floor: 0 } });
  });

  test("where nearly all rows are of one class, compared by the AUC", async () => {
    const { folder, from } = await ordersFile();
    const rare = Array.from({ length: 120 }, (_, row) => `${(row * 37) % 50},${row % 8 === 0 ? "yes" : "no"}`);
    await writeFile(from, ["price,gone", ...rare].join("\n"));
    await newWorkload(folder, { from, target: "gone" });
    expect(await loadWorkload(folder)).toMatchObject({ metric: "rocAuc", gates: { floor: 0.5 } });
    expect(await readFile(join(folder, "workload.ts"), "utf8")).toContain("88 % of the rows are of one class");
  });

  test("also a network where there are many rows of many numbers", async () => {
    const { folder, from } = await ordersFile();
    const pixels = Array.from({ length: 20 }, (_, column) => `p${column}`);
    const rows = Array.from({ length: 1000 }, (_, row) => [...pixels.map((_, column) => (row * (column + 3)) % 23), row % 3].join(","));
    await writeFile(from, [[...pixels, "digit"].join(","), ...rows].join("\n"));
    await newWorkload(folder, { from, target: "digit" });
    expect(await typesOf(folder)).toEqual(["majority", "logistic-regression", "gradient-boosting", "mlp"]);
  });

  test("of few rows with a number: folds of two rows at least, of one there is no R²", async () => {
    const from = join(await temporaryFolder(), "few.csv");
    await writeFile(from, `x,y\n${Array.from({ length: 11 }, (_, row) => `${row % 4}.5,${row * 1.5}`).join("\n")}`);
    const folder = join(await temporaryFolder(), "few");
    await newWorkload(folder, { from, target: "y" });
    expect(await loadWorkload(folder)).toMatchObject({ target: { task: "regression" }, crossValidation: { folds: 4 } });
  });

  test("of few groups: half as many folds", async () => {
    const { folder, from } = await ordersFile();
    await newWorkload(folder, { from, target: "gone", groupColumn: "day" });
    expect((await loadWorkload(folder)).crossValidation.folds).toBe(10);
    await newWorkload(folder, { from, target: "gone", groupColumn: "year", force: true });
    expect((await readFile(join(folder, "workload.ts"), "utf8")).match(/folds: \d+/)?.[0]).toBe("folds: 2");
  });
});

describe("what stands there", () => {
  test("is never overwritten", async () => {
    const { folder, from } = await ordersFile();
    await newWorkload(folder, { from, target: "gone" });
    await writeFile(join(folder, "workload.ts"), "// edited");
    await expect(newWorkload(folder, { from, target: "gone" })).rejects.toMatchObject({ code: "workload.exists" });
    expect(await readFile(join(folder, "workload.ts"), "utf8")).toBe("// edited");
  });

  test("is overwritten when that was said, from the very table that lies there too", async () => {
    const { folder, from } = await ordersFile();
    await newWorkload(folder, { from, target: "gone" });
    await newWorkload(folder, { from: join(folder, "orders.csv"), target: "gone", force: true });
    expect(await readFile(join(folder, "orders.csv"), "utf8")).toBe(orders(120));
  });
});

test.each(["Orders", "1st", "a_b"])("%s is no name of a workload", async (name) => {
  const { folder, from } = await ordersFile();
  await expect(newWorkload(join(folder, name), { from, target: "gone" })).rejects.toMatchObject({ code: "workload.name" });
});

test("a workload without a name is none: its folder would be that of them all", async () => {
  const { from } = await ordersFile();
  await expect(newWorkload("", { from, target: "gone", force: true })).rejects.toMatchObject({ code: "workload.name" });
});

test("JSON is read by declared workloads only", async () => {
  const { folder, from } = await ordersFile();
  await writeFile(`${from}.json`, "[]");
  await expect(newWorkload(folder, { from: `${from}.json`, target: "gone" })).rejects.toMatchObject({ code: "table.no-text" });
});

test("a file that is not there is a usage error", async () => {
  const { folder } = await ordersFile();
  await expect(newWorkload(folder, { from: "/nowhere.csv", target: "gone" })).rejects.toMatchObject({ code: "ingest.missing-file" });
});
