import { type RecordedPredictions, type RecordedValues, recordedPredictionsPath } from "@falconry/model/lineage.ts";
import { z } from "zod";
import { type Answers, answersOn } from "./answers.ts";
import type { Gate } from "./gate.ts";
import { Unmeasurable } from "./unmeasurable.ts";

/** Largest difference of a probability that float32 arithmetic explains; of a regression as a share of its largest answer. */
const tolerance = 1e-5;

const recordedSchema = z.union([
  z.object({ classes: z.array(z.union([z.string(), z.number()])).nonempty(), probabilities: z.array(z.array(z.number())) }),
  z.object({ predictions: z.array(z.number()).nonempty() }),
]);

/** Probabilities of rows, each in the order of the classes. */
interface Probabilities {
  classes: readonly (string | number)[];
  probabilities: readonly (readonly number[])[];
}

/** The exported graph answers as the fitted model itself did, on every test row. */
export const onnxParity: Gate = {
  name: "onnx-parity",
  required: ({ metric }) =>
    `${metric === "r2" ? "values, as shares of the largest," : "probabilities"} within ${tolerance} of the fitted model's, on every test row`,
  async measure({ candidate }) {
    const model = await candidate.model();
    const test = await candidate.test();
    const recorded = read(await candidate.runArtifact(recordedPredictionsPath));
    const answers = await answersOn(model, test);
    const largest = "classes" in recorded ? probabilityDifference(recorded, model.classes, answers) : valueDifference(recorded, answers);
    return {
      passed: largest <= tolerance,
      measured: `largest difference ${largest.toExponential(1)} on ${test.rows} rows`,
      evidence: { largest },
    };
  },
};

function probabilityDifference(recorded: Probabilities, classes: Probabilities["classes"], { probabilities }: Answers): number {
  if (probabilities === undefined) throw new Unmeasurable("the graph answers without probabilities");
  return largestDifference(recorded, { classes, probabilities });
}

/**
 * Largest difference of a regression's answers, as a share of the largest recorded one.
 *
 * @throws Unmeasurable where the two are not about the same rows
 */
export function valueDifference({ predictions }: RecordedValues, answers: Pick<Answers, "predictions">): number {
  requireSameRows(predictions.length, answers.predictions.length);
  const magnitude = predictions.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  return predictions.reduce((largest, value, row) => {
    const difference = Math.abs(Number(answers.predictions[row]) - value);
    if (Number.isNaN(difference)) throw new Unmeasurable(`row ${row} has no number: ${answers.predictions[row]}`);
    return Math.max(largest, difference / magnitude);
  }, 0);
}

/** @throws Unmeasurable where the two are not about the same rows and classes */
export function largestDifference(one: Probabilities, other: Probabilities): number {
  requireSameRows(one.probabilities.length, other.probabilities.length);
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

function requireSameRows(recorded: number, tested: number): void {
  if (recorded !== tested) throw new Unmeasurable(`${recordedPredictionsPath} has ${recorded} rows, the test part ${tested}`);
}

function read(text: string): RecordedPredictions {
  try {
    return recordedSchema.parse(JSON.parse(text));
  } catch (error) {
    const wanted = '{"classes": […], "probabilities": [[…]]}, or of a regression {"predictions": […]}';
    throw new Unmeasurable(`${recordedPredictionsPath} is not ${wanted}: ${String(error).split("\n")[0]}`);
  }
}
