import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bootstrapPackage } from "../bootstrap/bootstrap-package.ts";
import { loadPackage } from "./load-package.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-package-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function put(files: Record<string, Uint8Array | string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

test("a package whose files match its manifest is loaded", async () => {
  await put(bootstrapPackage().files);
  const model = await loadPackage(folder);
  expect(model.inputs).toEqual([{ name: "bootstrap", type: "double", required: false }]);
});

test("a graph alone is a package too", async () => {
  await put({ "model.onnx": bootstrapPackage().files["model.onnx"] });
  expect((await loadPackage(folder)).classes).toEqual([0, 1]);
});

test("one changed byte in any file is refused with both hashes", async () => {
  const { files } = bootstrapPackage();
  for (const name of ["MLmodel", "model.onnx"] as const) {
    const changed = Buffer.from(files[name]);
    changed[10] = (changed[10] ?? 0) ^ 1;
    await put({ ...files, [name]: changed });
    await expect(loadPackage(folder)).rejects.toMatchObject({
      code: "container.package-corrupt",
      message: expect.stringContaining(`${name}: manifest.json says`),
    });
  }
});

test("a file that the manifest names and the folder lacks is refused", async () => {
  await put(bootstrapPackage().files);
  await rm(join(folder, "model.onnx"));
  await expect(loadPackage(folder)).rejects.toMatchObject({ code: "container.package-corrupt" });
});

test("an empty folder and a manifest that is none are refused", async () => {
  await expect(loadPackage(folder)).rejects.toMatchObject({ code: "container.package-missing" });
  await put({ "manifest.json": "[]" });
  await expect(loadPackage(folder)).rejects.toMatchObject({ code: "container.package-corrupt" });
});

test("a model that answers no number is refused before it serves", async () => {
  const features = [{ name: "mass", type: "double" as const, impute: 0, mean: 0, scale: 1 }];
  const estimator = { type: "constant" as const, probabilities: [Number.NaN, 1] };
  await put({ "model.onnx": classifierGraph({ features, classes: [0, 1], estimator, producer: "test" }) });
  await expect(loadPackage(folder)).rejects.toMatchObject({ code: "container.self-check" });
});
