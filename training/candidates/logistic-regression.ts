import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings } from "@falconry/model/workload.ts";
import type { Candidate, Examples } from "./candidate.ts";
import { Design } from "./linear/design.ts";
import { linearClassifier, onOriginalScale } from "./linear/linear-model.ts";
import { LogisticLoss } from "./linear/logistic-loss.ts";
import { Newton } from "./linear/newton.ts";
import { sparseMinimum } from "./linear/sparse-logistic.ts";
import type { SearchSpace } from "./search-space.ts";
import { requireClasses } from "./task.ts";

type LogisticSettings = Omit<Extract<CandidateSettings, { type: "logistic-regression" }>, "name" | "type">;

const searchSpace: SearchSpace = {
  C: { type: "number", low: 1e-4, high: 1e2, scale: "log" },
  penalty: { type: "choice", values: ["l2", "l1"] },
};

/** Where there are more rows than this, the search starts from the minimum of every tenth of them: most steps are then cheap. */
const manyRows = 9_999;
const sampleEvery = 10;

/**
 * Logistic regression for two or more classes: the minimum of the penalty + C * sum of the rows' negative log-likelihood, the intercepts
 * unpenalised; the penalty is 1/2 w·w (l2) or |w| (l1). It is scikit-learn's objective, here on inputs that are all standardised, the
 * one-hot ones too. The objective is convex; its minimum is found to rounding.
 *
 * @see Hastie, Tibshirani, Friedman: The Elements of Statistical Learning (2009), 4.4.1
 */
export function logisticRegression(name: string, { C, penalty = "l2" }: LogisticSettings): Candidate {
  return {
    name,
    settings: { C: String(C), penalty },
    searchSpace,
    inputs: "standardised",
    async fit(examples) {
      requireClasses(name, "logistic regression", examples.classes);
      const { design, scaling } = Design.standardised(examples.inputs);
      const coefficients = penalty === "l1" ? sparse(design, examples, C) : smooth(design, examples, C);
      if (coefficients !== undefined) return linearClassifier(onOriginalScale(centred(coefficients, design.width), scaling));
      throw new FalconryError("train.candidate-failed", {
        message: `candidate "${name}": no minimum was found at C = ${C}`,
        hint: "Declare a smaller C: the penalty is too weak for classes that a plane parts",
      });
    },
  };
}

function smooth(
  design: Design,
  { labels, classes }: Pick<Examples, "labels" | "classes">,
  C: number,
  newton = new Newton(),
): Float64Array | undefined {
  const loss = new LogisticLoss(design, labels, classes, { C });
  if (design.rows <= manyRows) return newton.minimum(loss);
  const sample = { labels: labels.filter((_, row) => row % sampleEvery === 0), classes };
  return newton.minimum(loss, smooth(design.everyNth(sampleEvery), sample, C * sampleEvery, newton));
}

function sparse(design: Design, { labels, classes }: Examples, C: number): Float64Array | undefined {
  return sparseMinimum(new LogisticLoss(design, labels, classes, { C, penalty: 0 }), design.columns);
}

/** More than two classes' intercepts may all move by the same without a change: they are made to add up to 0. */
function centred(coefficients: Float64Array, width: number): Float64Array {
  const scores = coefficients.length / width;
  if (scores === 1) return coefficients;
  const mean = coefficients.reduce((sum, coefficient, index) => sum + (index % width === 0 ? coefficient : 0), 0) / scores;
  return coefficients.map((coefficient, index) => (index % width === 0 ? coefficient - mean : coefficient));
}
