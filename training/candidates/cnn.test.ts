import { seededRandom } from "@falconry/model/seeded-random.ts";
import { describe, expect, test, vi } from "vitest";
import { classified } from "../testing/examples.ts";
import { cnn } from "./cnn.ts";

// loading TensorFlow takes seconds
vi.setConfig({ testTimeout: 60_000 });

const edge = 6;
const random = seededRandom(1);
/** A line somewhere in the image: lying or standing. */
const images = Array.from({ length: 120 }, (_, index) => {
  const [stands, place] = [index % 2 === 1, Math.floor(random() * edge)];
  const pixels = Array.from({ length: edge * edge }, (_, pixel) => (stands ? pixel % edge : Math.floor(pixel / edge)) === place);
  return { pixels: pixels.map((isSet) => Number(isSet) + random() / 10), label: Number(stands) };
});
const examples = classified(
  images.map(({ pixels }) => pixels),
  images.map(({ label }) => label),
);
const settings = {
  image: { height: edge, width: edge, channels: 1 },
  filters: [4],
  hiddenUnits: [8],
  epochs: 12,
  batchSize: 20,
  learningRate: 0.03,
  l2: 0,
};

test("it sees a line wherever it is, and the same seed gives the same weights", async () => {
  const [once, again] = [await cnn("cnn", settings).fit(examples, 1), await cnn("cnn", settings).fit(examples, 1)];
  const predicted = once.predict(examples.inputs).map(([lying = 0, standing = 0]) => Number(standing > lying));
  expect(predicted).toEqual(examples.labels);
  expect(again.estimator).toEqual(once.estimator);
});

describe("an image that the features are not is refused", () => {
  test("of another number of pixels", async () => {
    const wrong = { ...settings, image: { height: edge, width: edge + 1, channels: 1 } };
    await expect(cnn("cnn", wrong).fit(examples, 1)).rejects.toMatchObject({
      code: "train.candidate-failed",
      message: 'candidate "cnn": an image of 6 x 7 pixels and 1 channels is not made of 36 numbers',
    });
  });

  test("too small for its convolutions", async () => {
    await expect(cnn("cnn", { ...settings, filters: [4, 4, 4] }).fit(examples, 1)).rejects.toMatchObject({
      code: "train.candidate-failed",
      message: expect.stringContaining("leave nothing of 6 x 6 pixels"),
    });
  });
});
