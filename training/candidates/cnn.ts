import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings } from "@falconry/model/workload.ts";
import type { Candidate, Examples } from "./candidate.ts";
import { Network } from "./network.ts";
import type { SearchSpace } from "./search-space.ts";
import { loadTensorFlow } from "./tensorflow.ts";

type CnnSettings = Omit<Extract<CandidateSettings, { type: "cnn" }>, "name" | "type">;

const searchSpace: SearchSpace = {
  filters: { type: "choice", values: [[8], [16], [16, 32], [32, 64]] },
  hiddenUnits: { type: "choice", values: [[32], [64], [128]] },
  epochs: { type: "integer", low: 5, high: 60, scale: "log" },
  batchSize: { type: "choice", values: [32, 64, 128, 256] },
  learningRate: { type: "number", low: 1e-4, high: 1e-2, scale: "log" },
  l2: { type: "number", low: 1e-6, high: 1e-2, scale: "log" },
};

/**
 * A convolutional network on TensorFlow for features that are the pixels of an image: each filter setting is a convolution of 3 x 3 pixels
 * with ReLU that halves the image by the largest of each 2 x 2, then dense layers follow.
 */
export function cnn(name: string, settings: CnnSettings): Candidate {
  return {
    name,
    settings: Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, typeof value === "object" ? JSON.stringify(value) : String(value)]),
    ),
    searchSpace,
    inputs: "one-scale",
    async fit(examples, seed) {
      requireImage(name, settings, examples);
      const { image, filters, hiddenUnits } = settings;
      const network = new Network(await loadTensorFlow(name), { image: { shape: image, filters }, hiddenUnits }, examples, seed);
      await network.train(settings, seed);
      const { convolutions, denseLayers: layers } = network;
      return { predict: (inputs) => network.ask(inputs), estimator: { type: "cnn", image, convolutions, layers } };
    },
  };
}

function requireImage(name: string, { image, filters }: CnnSettings, { inputs }: Examples): void {
  const { height, width, channels } = image;
  const refuse = (what: string) =>
    new FalconryError("train.candidate-failed", {
      message: `candidate "${name}": ${what}`,
      hint: "Declare the image as the features give it: one number per channel and pixel, line after line",
    });
  if (height * width * channels !== inputs.columns)
    throw refuse(`an image of ${height} x ${width} pixels and ${channels} channels is not made of ${inputs.columns} numbers`);
  if (Math.min(height, width) < 2 ** filters.length)
    throw refuse(`${filters.length} convolutions, each of which halves the image, leave nothing of ${height} x ${width} pixels`);
}
