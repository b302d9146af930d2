import { recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { z } from "zod";
import { answersOn } from "./answers.ts";
import type { Gate } from "./gate.ts";
import { Unmeasurable } from "./unmeasurable.ts";

/** Largest difference of a probability that float32 arithmetic explains. */
const tolerance = 1e-5;

const recordedSchema = z.object({
  classes: z.array(z.union([z.string(), z.number()])).nonempty(),
  probabilities: z.array(z.array(z.number())),
});

/** Probabilities of rows, each in the order of the classes. */
interface Probabilities {
  classes: readonly (string | number)[];
  probabilities: readonly (readonly number[])[];
}

/** The exported graph answers as the fitted model itself did, on every test row. */
export const onnxParity: Gate = {
  name: "onnx-parity",
  required: () => `probabilities within ${tolerance} of the fitted model's, on every test row`,
  async measure({ candidate }) {
    const model = await candidate.model();
    const test = await candidate.test();
    const recorded = read(await candidate.runArtifact(recordedPredictionsPath));
    const { probabilities } = await answersOn(model, test);
    if (probabilities === undefined) throw new Unmeasurable("the graph answers without probabilities");
    const largest = largestDifference(recorded, { classes: model.classes, probabilities });
    return {
      passed: largest <= tolerance,
      measured: `largest difference ${largest.toExponential(1)} on ${test.rows} rows`,
      evidence: { largest },
    };
  },
};

/** @throws Unmeasurable where the two are not about the same rows and classes */
export function largestDifference(one: Probabilities, other: Probabilities): number {
  if (one.probabilities.length !== other.probabilities.length) {
    throw new Unmeasurable(`${recordedPredictionsPath} has ${one.probabilities.length} rows, the test part ${other.probabilities.length}`);
  }
  const order = one.classes.map((name) => other.classes.indexOf(name));
  if (one.classes.length !== other.classes.length || order.includes(-1)) {
    throw new Unmeasurable(`${recordedPredictionsPath} has classes ${one.classes.join(", ")}, the graph ${other.classes.join(", ")}`);
  }
  let largest = 0;
  for (const [row, values] of one.probabilities.entries()) {
    for (const [column, place] of order.entries()) {
      const difference = Math.abs((values[column] ?? Number.NaN) - (other.probabilities[row]?.[place] ?? Number.NaN));
      if (Number.isNaN(difference)) throw new Unmeasurable(`row ${row} has no number for class ${one.classes[column]}`);
      largest = Math.max(largest, difference);
    }
  }
  return largest;
}

function read(text: string): Probabilities {
  try {
    return recordedSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Unmeasurable(`${recordedPredictionsPath} is not {"classes": […], "probabilities": [[…]]}: ${String(error).split("\n")[0]}`);
  }
}
