import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { FalconryError } from "@falconry/environment/error.ts";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { describe, expect, test, vi } from "vitest";
import { cleanRecords } from "../datasets/clean-records.ts";
import { RawFile } from "../datasets/raw-file.ts";
import { FeatureQuery } from "../features/feature-query.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { type NewWorkloadOptions, newWorkload } from "./new-workload.ts";

// each table is read, cleaned and queried, one of them with 5,000 columns
vi.setConfig({ testTimeout: 120_000 });

type Knowledge = Partial<Omit<NewWorkloadOptions, "from">>;

/** A table in the file `table.csv`, made into a workload, read through it, and its features made. */
async function through(content: string | Uint8Array, known: Knowledge = {}) {
  const folder = await temporaryFolder();
  const from = join(folder, "table.csv");
  await writeFile(from, content);
  const made = await newWorkload(join(folder, "made"), { target: "y", ...known, from });
  const workload = await loadWorkload(made.folder);
  const into = await temporaryFolder();
  const clean = await cleanRecords(await RawFile.open(join(made.folder, workload.source.sample)), workload, into);
  expect(clean.accepted + clean.quarantine.count).toBe(made.table.records);
  if (workload.target.task === "classification") {
    const query = await FeatureQuery.run(await readFile(join(made.folder, workload.features.sql), "utf8"), [clean.parquet], workload);
    query.close();
  }
  const types = Object.fromEntries(Object.entries(workload.columns).map(([name, { type }]) => [name, type]));
  return { made, workload, types, accepted: clean.accepted, quarantined: clean.quarantine.count };
}

async function refusal(content: string | Uint8Array, known: Knowledge = {}) {
  const error = await through(content, known).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FalconryError);
  return error;
}

/** Rows `x,y` whose y says little about x; `row` may add to them. */
function rows(count: number, row: (index: number) => string = (index) => `${(index * 37) % 101},${outcome(index)}`): string {
  return Array.from({ length: count }, (_, index) => row(index)).join("\n");
}

function outcome(index: number): string {
  return (index * 7) % 5 < 2 ? "yes" : "no";
}

const plain = `x,y\n${rows(60)}\n`;

describe("a workload is made of a table", () => {
  test("with Windows line ends", async () => {
    expect(await through(plain.replaceAll("\n", "\r\n"))).toMatchObject({ accepted: 60, types: { x: "integer", y: "string" } });
  });

  test("with the line ends of an old Macintosh", async () => {
    expect(await through(plain.replaceAll("\n", "\r"))).toMatchObject({ accepted: 60 });
  });

  test("with a byte order mark", async () => {
    expect(await through(`\uFEFF${plain}`)).toMatchObject({ accepted: 60, types: { x: "integer" } });
  });

  test("that is gzipped", async () => {
    expect(await through(gzipSync(plain))).toMatchObject({ accepted: 60 });
  });

  test("of UTF-16, marked or not", async () => {
    expect(await through(Buffer.from(`\uFEFF${plain}`, "utf16le"))).toMatchObject({ accepted: 60 });
    expect(await through(Buffer.from(plain, "utf16le"))).toMatchObject({ accepted: 60, workload: { source: { encoding: "utf-16le" } } });
    expect(await through(Buffer.from(plain, "utf16le").swap16())).toMatchObject({
      accepted: 60,
      workload: { source: { encoding: "utf-16be" } },
    });
  });

  test("of Latin-1, without a word from whoever asks", async () => {
    const content = Buffer.from(`Stadt,y\n${rows(60, (index) => `${index % 2 ? "Zürich" : "Genève"},${outcome(index)}`)}`, "latin1");
    expect(await through(content)).toMatchObject({ accepted: 60, workload: { source: { encoding: "windows-1252" } } });
  });

  test("of UTF-8 with one damaged character, whose record goes to quarantine", async () => {
    const good = Buffer.from(`city,y\n${rows(60, (index) => `${index % 2 ? "Zürich" : "Genève"},${outcome(index)}`)}\n`);
    expect(await through(Buffer.concat([good, Buffer.from("Z\xfcrich,no\n", "latin1")]))).toMatchObject({ accepted: 60, quarantined: 1 });
  });

  test("with semicolons and decimal commas", async () => {
    const content = `x;z;y\n${rows(60, (index) => `${index % 9},${index % 7}5;1.234,5;${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({
      accepted: 60,
      types: { x: "number", z: "number" },
      workload: { source: { delimiter: ";", decimalComma: true } },
    });
  });

  test("with decimal commas and no header", async () => {
    const content = rows(60, (index) => `${index % 9},5;${index % 7},25;${index % 2}`);
    expect(await through(content, { target: "c3" })).toMatchObject({
      accepted: 60,
      workload: { source: { delimiter: ";", header: false } },
    });
  });

  test.for([
    ["tabs", "\t"],
    ["bars", "|"],
  ] as const)("with %s between fields", async ([, delimiter]) => {
    expect(await through(plain.replaceAll(",", delimiter))).toMatchObject({ accepted: 60, workload: { source: { delimiter } } });
  });

  test("with quotes across lines", async () => {
    const content = `x,note,y\n${rows(60, (index) => `${index % 9},"first ""${index % 3}"",\nsecond",${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({ accepted: 60, quarantined: 0 });
  });

  test("with an unclosed quote, which costs the line that it stands in", async () => {
    expect(await through(`${plain}5,"no\n${rows(60)}`)).toMatchObject({ accepted: 120, quarantined: 1 });
  });

  test("with ragged rows, which go to quarantine", async () => {
    expect(await through(`${plain}1\n1,no,2\n1,no,2,3\n`)).toMatchObject({ accepted: 60, quarantined: 3 });
  });

  test("with headers that are there twice, empty, or that differ in case only", async () => {
    const content = `x,x,,X,y\n${rows(60, (index) => `${index % 9},${index % 7},${index % 5},${index % 4},${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({ accepted: 60, types: { x: "integer", x_2: "integer", c3: "integer", X_3: "integer" } });
  });

  test("with headers that no SQL would take", async () => {
    const headers = ["Time (East Coast)", "select", "__proto__", "Größe/m", "🚀", "1st", "prediction", "y"];
    const content = `${headers.join(",")}\n${rows(
      60,
      (index) =>
        `${headers
          .slice(1)
          .map((_, column) => (index * (column + 3)) % 11)
          .join(",")},${outcome(index)}`,
    )}`;
    const { workload, accepted } = await through(content);
    expect(accepted).toBe(60);
    expect(Object.keys(workload.columns)).toEqual([
      "record",
      "Time_East_Coast",
      "select_2",
      "proto",
      "Gro_e_m",
      "c5",
      "c_1st",
      "prediction_2",
      "y",
    ]);
  });

  test("without a header, where every column is a number", async () => {
    const content = rows(60, (index) => `${index % 9},${index % 7},${index % 2}`);
    expect(await through(content, { target: "c3" })).toMatchObject({ accepted: 60, workload: { source: { header: false } } });
  });

  test("without a header, where every column is text", async () => {
    const content = rows(60, (index) => `${["red", "blue", "green"][index % 3]},${outcome(index)}`);
    expect(await through(content, { target: "c2", headerless: true })).toMatchObject({ accepted: 60 });
  });

  test("with a column that holds nothing, one that is constant and one that names rows", async () => {
    const content = `x,nothing,constant,name,y\n${rows(60, (index) => `${index % 9},,7,person ${index},${outcome(index)}`)}`;
    const { made, workload } = await through(content);
    expect(made.columns.map(({ role }) => role)).toEqual(["feature", "left-out", "left-out", "left-out", "target"]);
    expect(workload.columns.nothing).toMatchObject({ optional: true });
  });

  test("with infinities, whose records go to quarantine", async () => {
    const content = `x,y\n${rows(60)}\ninf,yes\n-Infinity,no\n1e999,no\n`;
    expect(await through(content)).toMatchObject({ accepted: 60, quarantined: 3, types: { x: "integer" } });
  });

  test("with integers of more digits than a number holds", async () => {
    const content = `account,x,y\n${rows(60, (index) => `9007199254740993${String(index).padStart(4, "0")},${index % 9},${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({ accepted: 60, types: { account: "string" } });
  });

  test("with numbers that begin with zeros, which are codes", async () => {
    const content = `zip,y\n${rows(60, (index) => `0${1000 + (index % 9)},${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({ types: { zip: "string" } });
  });

  test("with days in three formats, a column each or all in one", async () => {
    const day = (index: number) => String(1 + (index % 28)).padStart(2, "0");
    const formats = [(d: string) => `2024-03-${d}`, (d: string) => `${d}.03.2024`, (d: string) => `${Number(d)} March 2024`];
    const content = `iso,german,english,mixed,y\n${rows(90, (index) => [...formats.map((write) => write(day(index))), formats[index % 3]?.(day(index)), outcome(index)].join(","))}`;
    expect(await through(content)).toMatchObject({ accepted: 90, types: { iso: "date", german: "date", english: "date", mixed: "date" } });
  });

  test("with days whose month stands first, and moments with offsets", async () => {
    const content = `day,moment,y\n${rows(60, (index) => `${1 + (index % 12)}/${1 + (index % 28)}/2024,2024-01-${10 + (index % 20)}T12:00:00+02:00,${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({
      accepted: 60,
      types: { day: "date", moment: "timestamp" },
      workload: { columns: { day: { formats: ["M/D/YYYY"] } } },
    });
  });

  test("with several markers of missing values", async () => {
    const values = ["NA", "NULL", "?", "", "nan", "-"];
    const content = `x,y\n${rows(90, (index) => `${index % 3 === 0 ? values[(index / 3) % values.length] : index},${outcome(index)}`)}`;
    const { workload, accepted } = await through(content);
    expect(accepted).toBe(90);
    expect(workload.source.missing).toEqual(["-", "?", "NA", "NULL", "nan"]);
    expect(workload.columns.x).toMatchObject({ type: "integer", optional: true });
  });

  test("with blanks where a value is missing, in a target too", async () => {
    const content = `x,y\n${rows(90, (index) => `${index % 10 === 0 ? " ".repeat(1 + (index % 20) / 10) : index},${index === 5 ? " " : outcome(index)}`)}`;
    const { made, workload, accepted, quarantined } = await through(content);
    expect([accepted, quarantined]).toEqual([89, 1]);
    expect(made.target.classes).toBe(2);
    expect(workload.columns.x).toMatchObject({ type: "integer", optional: true });
    expect(workload.source.missing).toEqual([" ", "  "]);
  });

  test.each(["k.A.", "n.a.", "<NA>", "NaT", "#DIV/0!", " NA ", "*"])("with %j between numbers", async (marker) => {
    const content = `x,y\n${rows(90, (index) => `${index % 10 === 0 ? marker : index},${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({ accepted: 90, types: { x: "integer" }, workload: { source: { missing: [marker] } } });
  });

  test("with codes of countries, of which Namibia's is not a missing one", async () => {
    const content = `country,y\n${rows(60, (index) => `${["NA", "DE", "FR"][index % 3]},${outcome(index)}`)}`;
    expect((await through(content)).workload.source.missing).toBeUndefined();
  });

  test("with classes that are seen once, which are left out of the query", async () => {
    expect(await through(`${plain}5,it's odd\n6,perhaps\n`)).toMatchObject({ accepted: 62, made: { target: { classes: 2 } } });
  });

  test("with targets that are missing, whose records go to quarantine", async () => {
    expect(await through(`${plain}1,\n2,NA\n`)).toMatchObject({ accepted: 60, quarantined: 2 });
  });

  test("with NUL bytes, whose records go to quarantine", async () => {
    const content = `x,word,y\n${rows(60, (index) => `${index % 9},ab${index % 5}${index === 3 ? "\0" : ""},${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({ accepted: 59, quarantined: 1 });
  });

  test("with emoji and right-to-left text in values and classes", async () => {
    const content = `mood,y\n${rows(60, (index) => `${["🙂", "🙁", "مرحبا"][index % 3]},${["👍", "👎"][(index * 7) % 5 < 2 ? 0 : 1]}`)}`;
    expect(await through(content)).toMatchObject({ accepted: 60, made: { target: { classes: 2 } } });
  });

  test("with a text of a megabyte", async () => {
    expect(
      await through(`x,remark,y\n${rows(60, (index) => `${index % 9},${index === 7 ? "a".repeat(1 << 20) : "short"},${outcome(index)}`)}`),
    ).toMatchObject({
      accepted: 60,
    });
  });

  test("of 5,000 columns", async () => {
    const width = 5_000;
    const header = Array.from({ length: width }, (_, column) => `v${column}`).join(",");
    const content = `${header},y\n${rows(40, (index) => `${Array.from({ length: width }, (_, column) => (index * (column + 7)) % 13).join(",")},${outcome(index)}`)}`;
    expect(await through(content)).toMatchObject({ accepted: 40, made: { columns: { length: width + 1 } } });
  });

  test("of exact duplicates", async () => {
    expect(await through(`x,y\n${"1,yes\n2,no\n".repeat(40)}`)).toMatchObject({ accepted: 80, workload: { key: ["record"] } });
  });
});

describe("a table that cannot be learnt from is refused in words", () => {
  test.for([
    ["without a byte", "", {}, "ingest.empty", "holds no record"],
    ["with column names only", "x,y\n", {}, "ingest.empty", "holds no record"],
    ["of one row", "x,y\n1,yes\n", {}, "table.target", '"yes" in every row'],
    ["of one column", `y\n${rows(60, outcome)}\n`, {}, "table.no-features", "beside the target"],
    ["whose target is constant", `x,y\n${rows(60, (index) => `${index % 9},no`)}`, {}, "table.target", '"no" in every row'],
    ["whose target is always missing", `x,y\n${rows(60, (index) => `${index % 9},`)}`, {}, "table.target", "holds no value"],
    ["whose classes are all seen once", `x,y\n${rows(60, (index) => `${index % 9},class ${index}`)}`, {}, "table.target", "has 1"],
    ["without the target", plain, { target: "z" }, "table.no-column", 'no column "z"'],
    [
      "whose only feature is constant",
      `x,y\n${rows(60, (index) => `1,${outcome(index)}`)}`,
      {},
      "table.no-features",
      "the same in every row",
    ],
    [
      "whose header has another number of columns",
      `x,y\n${rows(60, (index) => `${index % 9},2,${outcome(index)}`)}`,
      {},
      "table.ragged",
      "2 columns",
    ],
    ["whose target is text, for a regression", plain, { task: "regression" }, "table.target", "a regression foresees a number"],
    [
      "whose target is a fraction, for a classification",
      `x,y\n${rows(60, (index) => `${index % 9},${index / 7}`)}`,
      { task: "classification" },
      "table.target",
      "fractions",
    ],
    ["that is a workbook", Buffer.from("504b0304140006000800", "hex"), {}, "table.no-text", "Excel"],
    ["that is a cut gzip", gzipSync(plain.repeat(500)).subarray(0, 300), {}, "ingest.truncated", "ends early"],
  ] as const)("%s", async ([, content, known, code, words]) => {
    expect(await refusal(content, known)).toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
