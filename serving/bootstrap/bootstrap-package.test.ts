import { sha256 } from "@falconry/environment/canonical.ts";
import { readMlmodel } from "@falconry/model/mlmodel.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import { expect, test } from "vitest";
import { bootstrapPackage } from "./bootstrap-package.ts";

test("the package is the same bytes each time, under the digest of its manifest", () => {
  const { digest, files } = bootstrapPackage();
  expect(bootstrapPackage()).toEqual({ digest, files });
  expect(digest).toBe(sha256(files["manifest.json"]));
  expect(JSON.parse(Buffer.from(files["manifest.json"]).toString())).toEqual({
    MLmodel: sha256(files.MLmodel),
    "model.onnx": sha256(files["model.onnx"]),
  });
});

test("it answers 0 whatever it is asked, and needs no column", async () => {
  const { files } = bootstrapPackage();
  const model = await OnnxModel.load(files["model.onnx"], readMlmodel(Buffer.from(files.MLmodel).toString()).signature);
  expect(model.inputs.every(({ required }) => !required)).toBe(true);
  expect(await model.predict({ bootstrap: [null, 7] })).toEqual({
    predictions: [0, 0],
    probabilities: [
      [1, 0],
      [1, 0],
    ],
  });
});
