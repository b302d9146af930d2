import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sha256 } from "@falconry/environment/canonical.ts";
import { readParquet } from "@falconry/model/frame.ts";
import { fc, test } from "@fast-check/vitest";
import Papa from "papaparse";
import { describe, expect, vi } from "vitest";
import { smallHeader, smallWorkload } from "../testing/small-workload.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { cleanRecords } from "./clean-records.ts";
import { RawFile } from "./raw-file.ts";

// a property cleans dozens of files
vi.setConfig({ testTimeout: 60_000 });

async function clean(content: string | Uint8Array, name = "visits.csv") {
  const [from, to] = [await temporaryFolder(), await temporaryFolder()];
  const path = join(from, name);
  await writeFile(path, content);
  const { parquet, quarantine, ...rest } = await cleanRecords(await RawFile.open(path), smallWorkload(from), to);
  const lines = (await readFile(quarantine.path, "utf8")).split("\n").filter((line) => line !== "");
  return { ...rest, bytes: await readFile(parquet), quarantined: lines.map((line) => JSON.parse(line)) };
}

const rows = ["2,2024-01-05,12.5,Rome,true,,yes", "1,,,,,3,no", '3,2024-02-01,0,"Sant\'Angelo, ""old"" town",false,1,no'];
const table = [smallHeader, ...rows].join("\n");

describe("records of a CSV", () => {
  test("are typed by the declaration and stand in the order of their key", async () => {
    const { columns } = await readParquet((await clean(table)).bytes);
    expect(columns).toMatchObject({
      id: [1, 2, 3],
      price: [null, 12.5, 0],
      place: [null, "Rome", 'Sant\'Angelo, "old" town'],
      online: [null, true, false],
      cancelled: ["no", "yes", "no"],
    });
  });

  test("give the same bytes in another order of rows and of columns, with Windows line ends, a byte order mark, or gzipped", async () => {
    const expected = sha256((await clean(table)).bytes);
    const header = smallHeader.split(",").reverse().join(",");
    const swapped = Papa.unparse(Papa.parse<string[]>(rows.join("\n")).data.map((fields) => fields.reverse()));
    const spellings = [
      [smallHeader, ...rows.toReversed()].join("\n"),
      `\uFEFF${table.replaceAll("\n", "\r\n")}\r\n\r\n`,
      gzipSync(table),
      `${header}\n${swapped}`,
    ];
    for (const spelling of spellings) expect(sha256((await clean(spelling)).bytes)).toBe(expected);
  });

  test("are profiled by column", async () => {
    expect((await clean(table)).profile).toMatchObject({
      id: { missing: 0, min: 1, max: 3 },
      day: { missing: 1, min: "2024-01-05", max: "2024-02-01" },
      price: { missing: 1, min: 0, max: 12.5 },
      place: { missing: 1, distinct: 2 },
    });
  });

  test("go to quarantine one by one, with file, row, column, value and reason", async () => {
    const { accepted, quarantined } = await clean(`${table}\n4,,heavy,,,,no\n5,,,,,,maybe\n6,no\n2,,,,,,no`);
    expect(accepted).toBe(3);
    expect(quarantined).toEqual([
      { file: "visits.csv", row: 4, column: "price", value: "heavy", reason: "it is no number" },
      { file: "visits.csv", row: 5, column: "cancelled", value: "maybe", reason: "it is none of yes, no" },
      { file: "visits.csv", row: 6, column: null, value: "6,no", reason: "2 fields where the header has 7" },
      { file: "visits.csv", row: 7, column: "id", value: "2", reason: "row 1 has the same key" },
    ]);
  });

  test("with an unclosed quote are one record in quarantine; what follows is read", async () => {
    const { accepted, quarantined } = await clean(`${table}\n4,,,"Rome,,,no\n5,,,,,,no`);
    expect(accepted).toBe(4);
    expect(quarantined).toEqual([
      expect.objectContaining({ row: 4, column: null, value: '4,,,"Rome,,,no', reason: expect.stringContaining("quotes") }),
    ]);
  });

  test("that are not UTF-8 go to quarantine", async () => {
    const { accepted, quarantined } = await clean(Buffer.from(`${smallHeader}\n1,,,Zürich,,,no\n2,,,Rome,,,no`, "latin1"));
    expect(accepted).toBe(1);
    expect(quarantined).toEqual([expect.objectContaining({ row: 1, column: "place", reason: "it is no valid UTF-8" })]);
  });
});

const hostileField = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom('"', "\n", "\r\n", ",", "1", "no", "yes", "true", "2024-01-01", "\uFEFF", "\0"),
);

test.prop([fc.array(fc.array(hostileField, { minLength: 2, maxLength: 9 }), { minLength: 1, maxLength: 20 })], { numRuns: 30 })(
  "whatever a CSV holds, accepted + quarantined = records read",
  async (records) => {
    const { accepted, quarantined } = await clean(`${smallHeader}\n${Papa.unparse(records, { quotes: true })}`);
    expect(accepted + quarantined.length).toBe(records.length);
    expect(quarantined.map(({ row }) => row)).toEqual([...new Set(quarantined.map(({ row }) => row))]);
  },
);

const visit = fc.record({
  day: fc.option(
    fc
      .date({ min: new Date("1900-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
  ),
  price: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  place: fc.option(fc.string({ unit: "binary", minLength: 1 }).filter((text) => !/[\0\uFFFD]/.test(text))),
  cancelled: fc.constantFrom("yes", "no"),
});

test.prop([fc.array(visit, { minLength: 1 })], { numRuns: 20 })(
  "what is valid comes back from CSV through Parquet as it was",
  async (visits) => {
    const fields = visits.map((each, id) => [id, each.day, each.price, each.place, null, null, each.cancelled]);
    const { accepted, bytes } = await clean(`${smallHeader}\n${Papa.unparse(fields, { newline: "\n" })}`);
    expect(accepted).toBe(visits.length);
    const { columns } = await readParquet(bytes);
    expect(columns).toMatchObject({ price: visits.map(({ price }) => price), place: visits.map(({ place }) => place) });
  },
);

describe("a file that cannot be read is refused as a whole", () => {
  const refusal = async (content: string | Uint8Array, name?: string) =>
    await clean(content, name).then(
      () => undefined,
      (error) => error,
    );

  test("empty, or gzipped nothing, or blank lines", async () => {
    for (const content of ["", gzipSync(""), "\n\n"]) expect(await refusal(content)).toMatchObject({ code: "ingest.empty" });
  });

  test("missing", async () => {
    await expect(RawFile.open("/nowhere/visits.csv")).rejects.toMatchObject({ code: "ingest.missing-file", exitCode: 2 });
  });

  test("a truncated gzip, with the byte and the record that were reached", async () => {
    const whole = gzipSync(table.repeat(1000));
    expect(await refusal(whole.subarray(0, whole.length - 20))).toMatchObject({
      code: "ingest.truncated",
      message: expect.stringMatching(/ends early after byte \d+ of its content, in record \d+; nothing was committed/),
    });
  });

  test("a damaged gzip", async () => {
    const whole = gzipSync(table.repeat(1000));
    whole.fill(0xff, 40, 60);
    expect(await refusal(whole)).toMatchObject({ code: "ingest.truncated", message: expect.stringContaining("is damaged") });
  });

  test("a header that misses columns that are wanted, adds or repeats some, each named", async () => {
    expect(await refusal("id,id,colour\n1,2,red")).toMatchObject({
      code: "ingest.header",
      message: 'visits.csv, header: it misses "cancelled", has the undeclared "colour", repeats "id"',
    });
  });

  test("JSON, where the workload has no reader", async () => {
    expect(await refusal("[]", "visits.json")).toMatchObject({ code: "ingest.json" });
  });
});
