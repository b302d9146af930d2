import type { TrainingReport } from "@falconry/training/train.ts";
import { interval } from "./estimate.ts";
import { facts, shortDigest, table } from "./table.ts";

export function renderTraining({ run, dataset, model, best, candidates, search, test, leaks }: TrainingReport): string {
  const compared = table(
    ["candidate", "", ...Object.keys(test).flatMap((metric) => [metric, "95 %"])],
    candidates.map(({ name, metrics }) => [
      name,
      name === best ? "best" : "",
      ...Object.values(metrics).flatMap((measured) => [measured.mean.toFixed(4), interval(measured)]),
    ]),
  );
  const searched = search === undefined ? "" : renderSearch(search);
  const tested = table(
    ["on the untouched test part", "", "95 %"],
    Object.entries(test).map(([name, measured]) => [name, measured.value.toFixed(4), interval(measured)]),
  );
  const refused = leaks.map(({ column, reason }) => `refused ${column}: ${reason}`).join("\n");
  const registered = facts([
    ["registered", `${model.name} version ${model.version}`],
    ["run", run],
    ["dataset", `${dataset.name} ${shortDigest(dataset.digest)}`],
  ]);
  return [compared, searched, tested, refused, registered].filter((part) => part !== "").join("\n\n");
}

function renderSearch({ trials, nested }: NonNullable<TrainingReport["search"]>): string {
  const tried = `${trials} ${trials === 1 ? "trial" : "trials"} of other settings`;
  if (nested === undefined) return tried;
  const figures = Object.entries(nested).map(([metric, measured]) => [metric, measured.mean.toFixed(4), interval(measured)]);
  return table([`${tried}; with such a search, on rows it had not seen`, "", "95 %"], figures);
}
