import { readFile } from "node:fs/promises";
import { type Frame, readParquet } from "@falconry/model/frame.ts";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { withCleanRecords } from "@falconry/training/testing/with-clean-records.ts";
import { beforeAll, expect, test } from "vitest";
import { launchpads } from "./well-known-ids.ts";

const workload = await loadWorkload("falcon");
let frame: Frame;
let quarantined: number;

beforeAll(async () => {
  await withCleanRecords(workload, async ({ parquet, quarantine }) => {
    frame = await readParquet(await readFile(parquet));
    quarantined = quarantine.count;
  });
});

function column(name: string) {
  const values = frame.columns[name];
  if (values === undefined) throw new Error(`no column ${name}`);
  return values;
}

test("every launch of the table keeps to the declaration", () => {
  expect([frame.rows, quarantined]).toEqual([90, 0]);
});

test("60 of 90 first stages landed; five masses were never published", () => {
  expect(column("landed").filter((landed) => Number(landed) === 1)).toHaveLength(60);
  expect(column("payload_mass_kg").filter((mass) => mass === null)).toHaveLength(5);
});

test("a pad stands where the reader of the API's JSON puts it", () => {
  const places = new Set(column("site").map((site, row) => [site, column("longitude")[row], column("latitude")[row]].join(" ")));
  expect(places).toEqual(new Set(Object.values(launchpads).map(({ name, longitude, latitude }) => [name, longitude, latitude].join(" "))));
});

test("a landing pad alone tells 84 % of the outcomes: the reason why it is declared as known after the event", () => {
  const right = column("landed").filter((landed, row) => (Number(landed) === 1) === (column("landing_pad")[row] !== null));
  expect(right.length / frame.rows).toBeCloseTo(0.844, 3);
});

test("a core that was reused has flown before", () => {
  for (const [row, reused] of column("reused").entries()) expect(reused).toBe(Number(column("core_flight")[row]) > 1);
});
