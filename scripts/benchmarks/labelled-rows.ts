import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import type { InputMatrix } from "@falconry/training/candidates/input-matrix.ts";

export interface LabelledRows {
  inputs: InputMatrix;
  labels: number[];
  classes: number;
}

const trainRows = 100_000;
const testRows = 20_000;
const columns = 20;

/** Two classes in 20 columns: a sum, a product and a bend tell them apart, and every tenth label is wrong. */
export function manyRows(): { train: LabelledRows; test: LabelledRows } {
  const random = seededRandom(1);
  const part = (rows: number): LabelledRows => {
    const values = Float64Array.from({ length: rows * columns }, () => Math.fround(random() * 4 - 2));
    const labels = Array.from({ length: rows }, (_, row) => {
      const [a = 0, b = 0, c = 0, d = 0, e = 0] = values.subarray(row * columns, (row + 1) * columns);
      return Number(a + b + c * d + Math.abs(e) > 1) ^ Number(random() < 0.1);
    });
    return { inputs: { rows, columns, values }, labels, classes: 2 };
  };
  return { train: part(trainRows), test: part(testRows) };
}

const imagery = join(checkoutFolder, "../shared/data/imagery");
/** Of an IDX file of images; of labels the first 8 bytes. */
const imageHeaderBytes = 16;
const labelHeaderBytes = 8;
const pixels = 28 * 28;

/** 10,000 images of digits, of which every fifth is unseen, pixels between 0 and 1. Undefined where they are not at hand. */
export async function digitImages(): Promise<{ train: LabelledRows; test: LabelledRows } | undefined> {
  const [images, labels] = ["images-idx3", "labels-idx1"].map((name) => join(imagery, `npm_first10k_train-${name}-ubyte.gz`));
  if (images === undefined || labels === undefined || !existsSync(images)) return undefined;
  const bytes = (await unzipped(images)).subarray(imageHeaderBytes);
  const digits = (await unzipped(labels)).subarray(labelHeaderBytes);
  const part = (isTest: boolean): LabelledRows => {
    const chosen = [...digits.keys()].filter((row) => (row % 5 === 0) === isTest);
    const values = new Float64Array(chosen.length * pixels);
    for (const [place, row] of chosen.entries()) {
      for (let pixel = 0; pixel < pixels; pixel++) values[place * pixels + pixel] = (bytes[row * pixels + pixel] ?? 0) / 255;
    }
    return { inputs: { rows: chosen.length, columns: pixels, values }, labels: chosen.map((row) => digits[row] ?? 0), classes: 10 };
  };
  return { train: part(false), test: part(true) };
}

async function unzipped(path: string): Promise<Buffer> {
  return await promisify(gunzip)(await readFile(path));
}
