import { otherClasses } from "@falconry/model/serving-metrics.ts";
import type { Sample } from "../sample.ts";
import type { Check } from "./check.ts";
import { shiftFinding } from "./shift-finding.ts";

/** Which classes are predicted. */
export const classShift: Check = (evidence, { classShift, minimumRequests, significance }) => {
  const { champion, challenger } = evidence;
  const labels = [...new Set([champion, challenger].flatMap(({ predictions }) => Object.keys(predictions.byClass)))].sort();
  if (labels.every((label) => label === otherClasses)) {
    const measured = "neither names its classes";
    return { name: "class-shift", verdict: "inconclusive", measured, required: "classes to compare", numbers: {} };
  }
  const categories = ({ predictions: { byClass } }: Sample) =>
    labels.map((label) => (Object.hasOwn(byClass, label) ? (byClass[label] ?? 0) : 0));
  return shiftFinding(evidence, { name: "class-shift", categories, limit: classShift, minimumRequests, significance });
};
