import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readRows } from "./read-rows.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-rows-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array) {
  const file = join(folder, "rows");
  await writeFile(file, content);
  return readRows(file);
}

describe("a file may hold", () => {
  test.each([
    ["a list of records", '[{"mass":1,"orbit":"LEO"}]', true],
    ["one record", '{"mass":1,"orbit":"LEO"}', true],
    ["a request", '{"dataframe_split":{"columns":["mass","orbit"],"data":[[1,"LEO"]]}}', true],
    ["columns", '{"inputs":{"mass":[1],"orbit":["LEO"]}}', true],
    ["CSV, with a byte order mark", "\uFEFFmass,orbit\n1,LEO\n", false],
  ])("%s", async (_, content, typed) => {
    const { rows, columns, typed: hasTypes } = await read(content);
    expect({ rows, columns: Object.fromEntries(columns), typed: hasTypes }).toEqual({
      rows: 1,
      columns: { mass: [typed ? 1 : "1"], orbit: ["LEO"] },
      typed,
    });
  });
});

test("what cannot be read is refused with the file's name", async () => {
  await expect(readRows(join(folder, "none.csv"))).rejects.toMatchObject({
    code: "predict.input-missing",
    message: expect.stringContaining("none.csv"),
  });
  await expect(read("[]")).rejects.toMatchObject({
    code: "request.empty",
    message: expect.stringMatching(/rows: the list holds no record$/),
  });
  await expect(read("")).rejects.toMatchObject({ code: "request.empty" });
  await expect(read("[1]")).rejects.toMatchObject({ code: "request.shape" });
  await expect(read('[{"a":1},')).rejects.toMatchObject({ code: "request.malformed" });
  await expect(read(new Uint8Array([0x1f, 0x8b, 0xff]))).rejects.toMatchObject({ code: "request.malformed" });
});
