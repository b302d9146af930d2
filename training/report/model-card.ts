import type { Interval } from "@falconry/model/intervals.ts";
import type { BeforeAndAfter } from "../evaluation/before-and-after.ts";
import type { CalibrationEffect } from "../evaluation/calibration-effect.ts";
import type { ThresholdEffect } from "../evaluation/threshold-effect.ts";
import type { ClassReport } from "./class-report.ts";
import type { Findings, Trained } from "./findings.ts";

const mostFeatures = 10;

/** What somebody who meets a model for the first time wants to know of it, in Markdown; every figure from this training. */
export function modelCard(trained: Trained, findings: Findings): string {
  const { workload, decisions } = trained;
  return [
    `# ${workload.name}: ${workload.question}`,
    `The candidate \`${trained.best}\`, chosen among ${count(trained.compared.length, "candidate")} by ${workload.metric} in ${folds(workload)} cross-validation.`,
    "## Data",
    data(trained),
    "## Candidates",
    candidates(trained, findings),
    ...searched(trained),
    "## On rows that it had not seen",
    testFigures(trained),
    ...findings.classes.map(classFigures),
    ...(decisions.calibration === undefined ? [] : ["## Calibration", calibration(decisions.calibration)]),
    ...(decisions.threshold === undefined ? [] : ["## What mistakes cost", costs(trained, decisions.threshold)]),
    "## Whether more rows would help",
    moreRows(trained),
    "## Where it does worst",
    worst(trained, findings),
    "## What it looks at",
    importance(trained, findings),
    "## Not to be used",
    notToBeUsed(trained),
    "## Again",
    `\`\`\`text\n${again(trained)}\n\`\`\``,
    "",
  ].join("\n\n");
}

function data({ dataset, features, workload, leaks }: Trained): string {
  const { train, test, classes } = features.set;
  return [
    `Dataset version \`${dataset.digest.slice(0, 12)}\` of ${dataset.name}: ${train.rows} rows to fit on, ${test.rows} to test on (${workload.split.type} split).`,
    classes.length > 0
      ? `Target \`${workload.target.column}\` of ${classes.length} classes: ${classes.join(", ")}.`
      : `Target \`${workload.target.column}\`, a number.`,
    `Features: ${features.set.features.map(({ name }) => `\`${name}\``).join(", ")}.`,
    ...leaks.map(({ column, reason }) => `No model sees \`${column}\`: ${reason}.`),
  ].join("\n");
}

function candidates({ compared, best, workload }: Trained, { others }: Findings): string {
  const rows = compared.map(({ name, metrics }) => {
    const measured = metrics[workload.metric];
    const difference = others.find(({ candidate }) => candidate === name)?.difference;
    const beside =
      name === best
        ? "chosen"
        : difference === undefined
          ? ""
          : `${signed(difference.mean)} (${signed(difference.low)} to ${signed(difference.high)})`;
    return [name, measured === undefined ? "" : estimate({ value: measured.mean, ...measured }), beside];
  });
  return `${table(["candidate", workload.metric, "beside the chosen one, fold by fold"], rows)}\n\nIntervals of 95 %. One that holds 0 says that the two may be as good.`;
}

function folds({ crossValidation: { folds, repeats = 1 } }: Trained["workload"]): string {
  return repeats === 1 ? `${folds}-fold` : `${repeats} times ${folds}-fold`;
}

function searched({ selection: { trials, nested }, workload }: Trained): string[] {
  if (trials.length === 0) return [];
  const measured = nested?.metrics[workload.metric];
  const tried = `${count(trials.length, "trial")} of other settings: evaluation/search.json.`;
  if (measured === undefined) return [`${tried} The best of many looks better on its own folds than it is; the test part below tells.`];
  const { mean: value, low, high } = measured;
  return [
    `${tried} The best of many looks better on its own folds than it is: in a nested cross-validation the whole search comes to ${workload.metric} ${estimate({ value, low, high })}.`,
  ];
}

function testFigures({ test }: Trained): string {
  return table(
    ["metric", "value, 95 % interval"],
    Object.entries(test).map(([metric, measured]) => [metric, estimate(measured)]),
  );
}

function classFigures({ name, rows, ...figures }: ClassReport): string {
  const { precision, recall, f1, averagePrecision, brier, calibrationError } = figures;
  const shown = { precision, recall, F1: f1, "average precision": averagePrecision, Brier: brier, "calibration error": calibrationError };
  return `${name}, ${count(rows, "row")}:\n\n${table(
    ["metric", "value, 95 % interval"],
    Object.entries(shown).map(([metric, measured]) => [metric, estimate(measured)]),
  )}`;
}

function calibration({ logLoss, brier }: CalibrationEffect): string {
  const shown = table(
    ["on the test rows, lower is better", "before", "after", "difference"],
    Object.entries({ "log loss": logLoss, Brier: brier }).map(([measure, measured]) => [measure, ...besides(measured)]),
  );
  return `What the candidate said out of fold decided how its probabilities are corrected; every figure above is of the corrected ones.\n\n${shown}`;
}

function costs({ workload }: Trained, effect: ThresholdEffect): string {
  const { positive, falsePositive, falseNegative, threshold, outOfFold, test } = effect;
  const compared = table(
    ["mean cost of a row", "at 0.5", `at ${shown(threshold)}`, "difference"],
    [
      ["out of fold, by which it was chosen", shown(outOfFold.before), shown(outOfFold.after), signed(outOfFold.after - outOfFold.before)],
      ["on the test rows", ...besides(test)],
    ],
  );
  return [
    `To miss a \`${positive}\` costs ${falseNegative}, to see one that is none ${falsePositive}: \`${positive}\` is predicted where its probability is above ${shown(threshold)}.`,
    compared,
    `Every figure above that counts predictions is of this threshold: a decision that is cheap need not be the one that is right most often. Candidates were compared by ${workload.metric} at 0.5. Other thresholds: evaluation/threshold.svg.`,
  ].join("\n\n");
}

function besides({ before, after, difference }: BeforeAndAfter): [string, string, string] {
  return [estimate(before), estimate(after), `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})`];
}

function moreRows({ learnt, workload, best }: Trained): string {
  if ("skipped" in learnt) return `Not measured: ${learnt.skipped}.`;
  const rows = learnt.points.map(({ rows, value, folds }) => [String(Math.round(rows)), shown(value), folds.map(shown).join(", ")]);
  return `\`${best}\` fitted on fewer rows, measured on the same ${learnt.points[0]?.folds.length} folds, which were not among them:\n\n${table(["rows", workload.metric, "on each fold"], rows)}`;
}

function worst({ features, workload }: Trained, { slices }: Findings): string {
  if (slices.worst === undefined) return "No feature divides the test rows into parts that are large enough to tell.";
  const { column, value, rows, measured, interval } = slices.worst;
  const isRegression = features.set.classes.length === 0;
  const unit = workload.columns[workload.target.column]?.unit;
  const what = isRegression ? `its mean absolute error${unit === undefined ? "" : `, ${unit},`} is` : "its share of right answers is";
  return `Where \`${column}\` is ${value} (${count(rows, "row")}) ${what} ${estimate({ value: measured, ...interval })}. The other parts: evaluation/slices.json.`;
}

function importance({ workload }: Trained, { importance: all }: Findings): string {
  if (all.length === 0) return "There are too many features to ask of each what the model loses without it.";
  const shown = all
    .slice(0, mostFeatures)
    .map(({ feature, mean, low, high }) => [feature, `${signed(mean)} (${signed(low)} to ${signed(high)})`]);
  return `${table(["feature", `${workload.metric} lost without it`], shown)}\n\nFeatures that say the same cover for each other: both may look unimportant.`;
}

function notToBeUsed({ workload, features }: Trained): string {
  const { rows } = features.set.test;
  return [
    "- Beyond what the data are: reference.json says how every feature was distributed.",
    `- Where a difference matters that ${count(rows, "test row")} cannot show: the intervals above are what is known.`,
    `- Below ${workload.metric} ${workload.gates.floor} nothing is promoted.`,
  ].join("\n");
}

function again({ workload, dataset, asked: { candidates, seed, budget } }: Trained): string {
  return [
    `falconry train ${workload.name} --dataset ${dataset.digest.slice(0, 12)}`,
    ...(candidates === undefined ? [] : [`--candidate ${candidates.join(" ")}`]),
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(budget === undefined ? [] : [`--budget ${"trials" in budget ? budget.trials : `${budget.seconds}s`}`]),
  ].join(" ");
}

function estimate({ value, low, high }: Interval & { value: number }): string {
  return `${shown(value)} (${shown(low)} to ${shown(high)})`;
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "none";
}

function signed(value: number): string {
  return `${value > 0 ? "+" : ""}${shown(value)}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
