import { rowsOf, rowWeight } from "../rows.ts";
import { type Sample, successes } from "../sample.ts";
import type { Check } from "./check.ts";
import { proportionFinding } from "./proportion-finding.ts";

/** Probabilities that are none, such as NaN, of all predictions: a 200 with nothing in it is as bad as a 5xx. */
export const invalidProbabilities: Check = ({ champion, challenger }, { minimumRequests, serverErrorMargin, significance }) =>
  proportionFinding({
    name: "invalid-probabilities",
    of: "requests' predictions",
    champion: invalid(champion),
    challenger: invalid(challenger),
    minimumTrials: minimumRequests,
    margin: serverErrorMargin,
    significance,
  });

/** In cases, not in rows; a part of a case is one, so that none is lost. */
function invalid(sample: Sample) {
  const rows = rowsOf(sample);
  if (rows === 0) return { successes: 0, trials: 0 };
  return { successes: Math.ceil(sample.predictions.invalidProbability * rowWeight(sample)), trials: Math.min(rows, successes(sample)) };
}
