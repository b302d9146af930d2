import { FalconryError } from "@falconry/environment/error.ts";
import type { CandidateSettings, LoadedWorkload } from "@falconry/model/workload.ts";
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
 * The candidates that a workload declares, in its order.
 *
 * @param names only these
 * @throws FalconryError `train.unknown-candidate`, `workload.invalid`
 */
export async function declaredCandidates(workload: LoadedWorkload, names?: string[]): Promise<Candidate[]> {
  const declared = workload.candidates.map(({ name }) => name);
  const unknown = names?.find((name) => !declared.includes(name));
  if (unknown !== undefined) {
    throw new FalconryError("train.unknown-candidate", {
      message: `the workload "${workload.name}" declares no candidate "${unknown}"`,
      hint: `Name one of: ${declared.join(", ")}`,
    });
  }
  const wanted = workload.candidates.filter(({ name }) => names === undefined || names.includes(name));
  return await Promise.all(wanted.map((settings) => make(settings, workload.folder)));
}

/** @param folder of the workload, where modules of its own stand */
async function make(settings: CandidateSettings, folder: string): Promise<Candidate> {
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
