import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { suspectLeaks } from "./leaks.ts";
import { newWorkload } from "./new-workload.ts";
import type { Cell, Outcome } from "./single-column.ts";

const rows = 200;
const labels = Array.from({ length: rows }, (_, row) => Number((row * 7) % 10 < 4));
const outcome: Outcome = { task: "classification", labels, classes: ["0", "1"] };

function column(name: string, cellOf: (row: number, label: number) => Cell, isTime = false) {
  return { name, isTime, cells: labels.map((label, row) => cellOf(row, label)) };
}

describe("two classes", () => {
  test("a column that says nothing is not named", () => {
    expect(suspectLeaks([column("noise", (row) => (row * 13) % 17)], outcome)).toEqual([]);
  });

  test("the target in other words is certain", () => {
    const [leak] = suspectLeaks([column("status", (row, label) => (label === 1 ? `done ${row % 3}` : "open"))], outcome);
    expect(leak).toMatchObject({ column: "status", certain: true, measure: "AUC", reason: expect.stringContaining("in disguise") });
  });

  test("a column that orders the rows too well is named with its number, and may be known beforehand", () => {
    const [leak] = suspectLeaks([column("count", (row, label) => label * 3 + ((row * 13) % 7))], outcome);
    expect(leak).toMatchObject({ column: "count", certain: false, measure: "AUC" });
    expect(leak?.value).toBeGreaterThan(0.8);
  });

  test("a column that is there with one outcome only is certain, whatever it holds", () => {
    const [leak] = suspectLeaks([column("pad", (row, label) => (label === 1 || row % 9 === 0 ? row % 3 : null))], outcome);
    expect(leak).toMatchObject({
      column: "pad",
      certain: true,
      measure: "accuracy",
      reason: expect.stringContaining("whether it is there"),
    });
  });

  test("a day that gives the outcome away against another day is certain, and the other is not", () => {
    const booked = column("booked", (row) => 18_000 + ((row * 29) % 300), true);
    const closed = column("closed", (row, label) => 18_000 + ((row * 29) % 300) + (label === 1 ? 5 + (row % 4) : 1), true);
    expect(suspectLeaks([booked, closed], outcome)).toEqual([
      expect.objectContaining({ column: "closed", certain: true, reason: expect.stringContaining("the time between booked and it") }),
    ]);
    expect(suspectLeaks([booked, closed], outcome, ["closed"])).toEqual([expect.objectContaining({ column: "booked" })]);
  });
});

test("of a regression, a column in another unit is the target in disguise", () => {
  const values = labels.map((_, row) => (row * 31) % 97);
  const found = suspectLeaks(
    [
      { name: "fahrenheit", isTime: false, cells: values.map((value) => value * 1.8 + 32) },
      { name: "noise", isTime: false, cells: values.map((_, row) => (row * 13) % 7) },
    ],
    { task: "regression", values },
  );
  expect(found).toEqual([expect.objectContaining({ column: "fahrenheit", measure: "R²" })]);
});

test("few rows show nothing", () => {
  const few: Outcome = { task: "classification", labels: [0, 1, 0, 1], classes: ["0", "1"] };
  expect(suspectLeaks([{ name: "same", isTime: false, cells: [0, 1, 0, 1] }], few)).toEqual([]);
});

const data = join(checkoutFolder, "../shared/data");

describe.skipIf(!existsSync(data))("tables of the world (../shared/data)", () => {
  async function leaksOf(from: string, target: string, timeColumns?: string[]) {
    const folder = join(await temporaryFolder(), "made");
    const made = await newWorkload(folder, { from: join(data, from), target, ...(timeColumns && { timeColumns }) });
    return { made, sql: await readFile(join(folder, "features.sql"), "utf8") };
  }

  test("falcon's landing pad tells .844 of the outcomes, its count of reuses has an AUC of .821, and its outcome is the target", async () => {
    const { made } = await leaksOf("falcon/dataset_part_2.csv", "Class");
    const named = Object.fromEntries(
      made.leaks.map(({ column, measure, value, certain }) => [column, `${measure} ${value.toFixed(3)} ${certain}`]),
    );
    expect(named).toMatchObject({ Outcome: "AUC 1.000 true", LandingPad: "accuracy 0.844 true", ReusedCount: "AUC 0.821 false" });
  });

  test("a hotel booking's status is the outcome, and the status' day gives it away against the day of arrival", async () => {
    const time = ["arrival_date_year", "arrival_date_month", "arrival_date_day_of_month"];
    const { made, sql } = await leaksOf("flyhigh/hotel_bookings_until_2017-03.csv.gz", "is_canceled", time);
    expect(
      made.leaks
        .filter(({ certain }) => certain)
        .map(({ column }) => column)
        .sort(),
    ).toEqual(["reservation_status", "reservation_status_date"]);
    expect(sql).not.toMatch(/^ .*reservation_status/m);
    expect(sql).toContain("CAST(lead_time AS DOUBLE) AS lead_time");
  });

  test("flight bookings in Latin-1 with duplicates are read without a word", async () => {
    const { made } = await leaksOf("flyhigh/ba_customer_booking.csv", "booking_complete");
    expect(made).toMatchObject({ table: { records: 50_000, unusable: 0, encoding: "windows-1252" }, key: "record", leaks: [] });
  });
});
