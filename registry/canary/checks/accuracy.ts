import type { Truths } from "../sample.ts";
import type { Check } from "./check.ts";
import { proportionFinding } from "./proportion-finding.ts";

/** Wrong predictions, of those whose truth has arrived; says nothing where no truth arrives. */
export const accuracy: Check = ({ truths }, { minimumTruths, accuracyMargin, significance }) =>
  truths &&
  proportionFinding({
    name: "accuracy",
    of: "known predictions wrong",
    champion: wrong(truths.champion),
    challenger: wrong(truths.challenger),
    minimumTrials: minimumTruths,
    margin: accuracyMargin,
    significance,
  });

function wrong({ correct, total }: Truths) {
  return { successes: total - correct, trials: total };
}
