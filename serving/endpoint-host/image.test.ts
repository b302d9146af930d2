import { expect, test } from "vitest";
import { programOf } from "./image.ts";

test.each([
  "falconry/inference:0.1.0",
  "falconry/inference",
  "000000000000.dkr.ecr.us-east-1.amazonaws.com/falconry/inference:1.2.3",
  "localhost:5000/falconry/inference@sha256:0123",
])("%s runs the inference container", (image) => {
  expect(programOf(image)?.arguments.at(-1)).toMatch(/serving\/container\/main\.ts$/);
});

test.each(["inference", "falconry/inference-gpu:1", "falconry/training", "evil/falconry-inference", "constructor"])(
  "%s cannot be pulled",
  (image) => {
    expect(programOf(image)).toBeUndefined();
  },
);
