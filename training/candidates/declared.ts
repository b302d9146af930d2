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
import { loadOwnModule, type OwnModule } from "./own-candidate.ts";

/**
 * The settings that a workload declares for its candidates, in its order.
 *
 * @param names only these
 * @throws FalconryError `train.unknown-candidate`
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

/** The candidates of {@link chosenSettings}. @throws FalconryError `workload.invalid` */
export async function declaredCandidates(workload: LoadedWorkload, names?: string[]): Promise<Candidate[]> {
  const chosen = chosenSettings(workload, names);
  return chosen.map(await candidateMaker(chosen, workload.folder));
}

/**
 * How candidates are made of these settings, and of a search's variations of them. Modules of the workload's own are loaded now, once.
 *
 * @param folder of the workload
 * @throws FalconryError `workload.invalid`
 */
export async function candidateMaker(
  chosen: readonly CandidateSettings[],
  folder: string,
): Promise<(settings: CandidateSettings) => Candidate> {
  const own = new Map<string, OwnModule>();
  for (const settings of chosen) if (settings.type === "module") own.set(settings.module, await loadOwnModule(settings.module, folder));
  return (settings) => candidateOf(settings, own);
}

function candidateOf(settings: CandidateSettings, own: ReadonlyMap<string, OwnModule>): Candidate {
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
      return moduleOf(settings, own)(settings);
  }
}

function moduleOf({ module }: { module: string }, own: ReadonlyMap<string, OwnModule>): OwnModule {
  const loaded = own.get(module);
  if (loaded === undefined) throw new RangeError(`${module} was not loaded`);
  return loaded;
}
