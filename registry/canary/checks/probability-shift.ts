import { sum } from "simple-statistics";
import type { Sample } from "../sample.ts";
import type { Check } from "./check.ts";
import { shiftFinding } from "./shift-finding.ts";

/** How sure the predictions are; models that both give no probabilities have nothing to compare. */
export const probabilityShift: Check = (evidence, { probabilityShift, minimumRequests, significance }) => {
  if (![evidence.champion, evidence.challenger].some(givesProbabilities)) return undefined;
  return shiftFinding(evidence, { name: "probability-shift", categories, limit: probabilityShift, minimumRequests, significance });
};

/** A prediction without a probability is a category too, so that a model that gives some and one that gives none are told apart. */
function categories({ predictions: { byClass, byProbability, invalidProbability } }: Sample): number[] {
  const none = sum(Object.values(byClass)) - sum(byProbability) - invalidProbability;
  return [...byProbability, invalidProbability, none];
}

function givesProbabilities({ predictions: { byProbability, invalidProbability } }: Sample): boolean {
  return sum(byProbability) + invalidProbability > 0;
}
