import type { PredictionAnswer } from "@falconry/serving/predict.ts";
import { shortDigest, table } from "./table.ts";

export function renderPredictions({ predictions }: PredictionAnswer): string {
  return table(
    ["prediction", "probability", "model", "run", "dataset"],
    predictions.map(({ prediction, probability, model, run, dataset }) => [
      prediction,
      probability?.toFixed(4) ?? "",
      model === null ? "unnamed" : `${model.name} ${model.version}`,
      run?.slice(0, 12) ?? "",
      shortDigest(dataset ?? ""),
    ]),
  );
}
