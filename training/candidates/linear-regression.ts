import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings } from "@falconry/model/workload.ts";
import type { Candidate } from "./candidate.ts";
import type { Columns } from "./linear/columns.ts";
import { descend } from "./linear/coordinate-descent.ts";
import { Design } from "./linear/design.ts";
import { linearRegressor, onOriginalScale } from "./linear/linear-model.ts";
import { Newton } from "./linear/newton.ts";
import { SquaredLoss } from "./linear/squared-loss.ts";
import type { SearchSpace } from "./search-space.ts";
import { targetScale } from "./target-scale.ts";
import { requireNumbers } from "./task.ts";

type LinearSettings = Omit<Extract<CandidateSettings, { type: "linear-regression" }>, "name" | "type">;

const searchSpace: SearchSpace = {
  alpha: { type: "number", low: 1e-5, high: 1e3, scale: "log" },
  penalty: { type: "choice", values: ["l2", "l1"] },
};

/**
 * Linear regression on inputs and target that are all standardised, the intercept unpenalised. It minimises what scikit-learn's Ridge
 * (l2: sum of squared errors + alpha * w·w) or Lasso (l1: half the mean squared error + alpha * |w|) does, to rounding.
 */
export function linearRegression(name: string, { alpha, penalty = "l2" }: LinearSettings): Candidate {
  return {
    name,
    settings: { alpha: String(alpha), penalty },
    searchSpace,
    inputs: "standardised",
    async fit({ inputs, labels, classes }) {
      requireNumbers(name, "linear regression", classes);
      const { design, scaling } = Design.standardised(inputs);
      const { shift, scale } = targetScale({ labels, classes });
      const target = Float64Array.from(labels, (label) => (label - shift) / scale);
      const coefficients =
        penalty === "l1" ? lasso(design.columns, target, alpha) : new Newton().minimum(new SquaredLoss(design, target, alpha));
      if (coefficients === undefined) {
        throw new FalconryError("train.candidate-failed", {
          message: `candidate "${name}": no minimum was found at alpha = ${alpha}`,
          hint: "Declare a larger alpha: the penalty is too weak for columns that say the same",
        });
      }
      const {
        weights: [weights = []],
        bias: [bias = 0],
      } = onOriginalScale(coefficients, scaling);
      return linearRegressor({ weights: [weights.map((weight) => weight * scale)], bias: [bias * scale + shift] });
    },
  };
}

function lasso(columns: Columns, target: Float64Array, alpha: number): Float64Array | undefined {
  const coefficients = new Float64Array(columns.length);
  const [weights, residuals] = [new Float64Array(target.length).fill(1), target.slice()];
  const rests = descend({ columns, weights, residuals, coefficients, strength: alpha * target.length });
  return rests ? coefficients : undefined;
}
