import { classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import type { Estimator } from "@falconry/model/onnx/estimators.ts";
import { regressorGraph } from "@falconry/model/onnx/regressor-graph.ts";
import type { Examples, FittedEstimator } from "./candidate.ts";

/** How to say what a fit of somebody else's does wrong. */
export interface Complaints {
  failed(message: string, cause?: unknown): Error;
  threw(error: unknown): Error;
}

const estimatorTypes: string[] = ["constant", "mean", "linear", "mlp", "cnn", "trees"] satisfies Estimator["type"][];

/** As much as rounding takes from probabilities that add up to 1. */
const sumTolerance = 1e-6;

/**
 * A fit that is not taken at its word: its estimator makes a graph for such inputs, and each answer is what an answer has to be. That
 * estimator and answers say the same is checked where the graph is exported.
 */
export function soundFit(fitted: FittedEstimator, { inputs, classes }: Examples, { failed, threw }: Complaints): FittedEstimator {
  if (typeof fitted?.predict !== "function") throw failed("fit gave back no function predict");
  const { type } = fitted.estimator ?? {};
  if (!estimatorTypes.includes(type)) throw failed(`the estimator's type is ${type}, and has to be one of ${estimatorTypes.join(", ")}`);
  try {
    requireGraph(fitted.estimator, inputs.columns, classes);
  } catch (error) {
    throw failed(`its estimator makes no graph: ${error instanceof Error ? error.message : error}`, error);
  }
  return {
    estimator: fitted.estimator,
    predict(asked) {
      const answers = asking(() => fitted.predict(asked), threw);
      const fault = faultOf(answers, asked.rows, classes);
      if (fault !== undefined) throw failed(`predict gave ${fault}`);
      return answers;
    },
  };
}

/** @throws what a graph of this estimator cannot be made for */
function requireGraph(estimator: Estimator, columns: number, classes: number): void {
  const features = Array.from({ length: columns }, (_, column) => {
    return { name: `input ${column}`, type: "double" as const, impute: Number.NaN, mean: 0, scale: 1 };
  });
  const spec = { features, estimator, producer: "falconry" };
  if (classes === 0) regressorGraph(spec);
  else classifierGraph({ ...spec, classes: Array.from({ length: classes }, (_, label) => label) });
}

/** Asks a function of somebody else's. @throws what `threw` makes of what it throws */
export function asking<Answer>(ask: () => Answer, threw: Complaints["threw"]): Answer {
  try {
    return ask();
  } catch (error) {
    throw threw(error);
  }
}

function faultOf(answers: number[][], rows: number, classes: number): string | undefined {
  if (!Array.isArray(answers) || answers.length !== rows) return `${answers?.length ?? "no"} answers for ${rows} rows`;
  const wanted = classes === 0 ? "one number" : `${classes} probabilities that add up to 1`;
  for (const [row, answer] of answers.entries()) {
    const fits = Array.isArray(answer) && answer.length === Math.max(1, classes) && answer.every(Number.isFinite);
    if (!fits || (classes > 0 && !areProbabilities(answer))) return `${JSON.stringify(answer)} for row ${row}, in place of ${wanted}`;
  }
  return undefined;
}

function areProbabilities(answer: number[]): boolean {
  const sum = answer.reduce((total, probability) => total + probability, 0);
  return Math.abs(sum - 1) <= sumTolerance && answer.every((probability) => probability >= 0 && probability <= 1 + sumTolerance);
}
