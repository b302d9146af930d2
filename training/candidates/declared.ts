import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings, LoadedWorkload, Workload } from "@falconry/model/workload.ts";
import type { Candidate } from "./candidate.ts";
import { cnn } from "./cnn.ts";
import { gradientBoosting } from "./gradient-boosting.ts";
import { linearRegression } from "./linear-regression.ts";
import { logisticRegression } from "./logistic-regression.ts";
import { majority } from "./majority.ts";
import { meanBaseline } from "./mean.ts";
import { mlp } from "./mlp.ts";
import { ownCandidate } from "./own-candidate.ts";

/**
 * The settings that a workload declares for its candidates, in its order.
 *
 * @param names only these @throws FalconryError `train.unknown-candidate`
 */
export function chosenSettings(workload: Workload, names?: string[]): CandidateSettings[] {
  const declared = workload.candidates.map(({ name }) => name);
  const unknown = names?.find((name) => !declared.includes(name));
  if (unknown !== undefined) {
    throw new FalconryError("train.unknown-candidate", {
      message: `the workload "${workload.name}" declares no candidate "${unknown}"`,
      hint: `Name one of: ${declared.join(", ")}`,
    });
  }
  return workload.candidates.filter(({ name }) => names === undefined || names.includes(name));
}

/** The candidates of {@link chosenSettings}. */
export async function declaredCandidates(workload: LoadedWorkload, names?: string[]): Promise<Candidate[]> {
  return await Promise.all(chosenSettings(workload, names).map((settings) => candidateOf(settings, workload.folder)));
}

/**
 * @param folder of the workload, where modules of its own stand
 * @throws FalconryError `workload.invalid`
 */
export async function candidateOf(settings: CandidateSettings, folder: string): Promise<Candidate> {
  switch (settings.type) {
    case "majority":
      return majority(settings.name);
    case "mean":
      return meanBaseline(settings.name);
    case "logistic-regression":
      return logisticRegression(settings.name, settings);
    case "linear-regression":
      return linearRegression(settings.name, settings);
    case "mlp": {
      const { name, type: _, ...rest } = settings;
      return mlp(name, rest);
    }
    case "cnn": {
      const { name, type: _, ...rest } = settings;
      return cnn(name, rest);
    }
    case "gradient-boosting": {
      const { name, type: _, ...rest } = settings;
      return gradientBoosting(name, rest);
    }
    case "module":
      return await ownCandidate(settings, folder);
  }
}
