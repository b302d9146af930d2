import { confusionMatrix } from "@falconry/model/metrics.ts";
import { score } from "@falconry/model/score.ts";
import { type Scored, scoredBy } from "../evaluation/measure.ts";
import { type ClassReport, classReports } from "./class-report.ts";
import type { Findings, Trained } from "./findings.ts";
import { modelCard } from "./model-card.ts";
import { pairedComparison } from "./paired-comparison.ts";
import { permutationImportance } from "./permutation-importance.ts";
import { svgOf } from "./plot.ts";
import {
  calibrationPlot,
  confusionPlot,
  costPlot,
  importancePlot,
  learningPlot,
  precisionRecallPlot,
  residualsPlot,
  rocPlot,
} from "./plots.ts";
import { trainingReference } from "./reference.ts";
import { searchHistory, searchPlot } from "./search-history.ts";
import { slicesOf, slicesPath } from "./slices.ts";

/** Everything worth looking at in a trained model. @returns artifacts by their path in the run: texts, pictures, documents */
export async function report(trained: Trained): Promise<Record<string, unknown>> {
  const { answers, features, workload } = trained;
  const findings = find(trained);
  const { classes, others, importance, slices } = findings;
  const isRegression = answers.classes.length === 0;
  return {
    "model-card.md": modelCard(trained, findings),
    "evaluation/importance.json": plain(importance),
    "evaluation/importance.svg": await svgOf(importancePlot(importance, workload.metric)),
    [slicesPath]: plain(slices),
    "evaluation/candidates.json": plain(others),
    ...(await decisionFiles(trained.decisions)),
    ...(await learningFiles(trained)),
    ...(await searchFiles(trained)),
    "reference.json": plain(trainingReference(features.train, answers.predictions)),
    ...(isRegression ? await regressionFiles(trained) : await classFiles(answers, classes)),
  };
}

function find({ answers, features, workload, compared, best, model }: Trained): Findings {
  const { seed } = workload.crossValidation;
  const chosen = compared.find(({ name }) => name === best);
  return {
    classes: answers.classes.length === 0 ? [] : classReports(answers, seed),
    others:
      chosen === undefined
        ? []
        : pairedComparison(
            chosen,
            compared.filter((one) => one !== chosen),
            workload.metric,
            workload.crossValidation.repeats,
          ),
    importance: permutationImportance(features.test, (rows) => score(workload.metric, scoredBy(model, rows)), seed),
    slices: slicesOf(features.test, results(answers)),
  };
}

function results({ actual, predictions, classes }: Scored): number[] {
  return actual.map((value, row) =>
    classes.length === 0 ? Math.abs(Number(value) - Number(predictions[row])) : Number(value === predictions[row]),
  );
}

/** Where the workload asked for decisions beside the fit. */
async function decisionFiles({ calibration, threshold }: Trained["decisions"]): Promise<Record<string, unknown>> {
  return {
    ...(calibration && { "evaluation/calibrated.json": plain(calibration) }),
    ...(threshold && {
      "evaluation/threshold.json": plain(threshold),
      "evaluation/threshold.svg": await svgOf(costPlot(threshold)),
    }),
  };
}

async function classFiles(answers: Scored, reports: ClassReport[]): Promise<Record<string, unknown>> {
  const { classes } = answers;
  const actualByPredicted = confusionMatrix(answers.actual, answers.predictions, classes);
  return {
    "evaluation/classes.json": plain(reports.map(({ roc: _, precisionRecall: __, ...figures }) => figures)),
    "evaluation/confusion.json": { classes, actualByPredicted },
    "evaluation/confusion.svg": await svgOf(confusionPlot(actualByPredicted, classes)),
    "evaluation/roc.svg": await svgOf(rocPlot(reports.map(({ name, roc }) => ({ name, points: roc })))),
    "evaluation/precision-recall.svg": await svgOf(
      precisionRecallPlot(reports.map(({ name, precisionRecall }) => ({ name, points: precisionRecall }))),
    ),
    "evaluation/calibration.svg": await svgOf(calibrationPlot(reports.map(({ name, calibration }) => ({ name, bins: calibration })))),
  };
}

async function learningFiles({ learnt, workload }: Trained): Promise<Record<string, unknown>> {
  if ("skipped" in learnt) return {};
  return {
    "evaluation/learning-curve.json": plain(learnt.points),
    "evaluation/learning-curve.svg": await svgOf(learningPlot(learnt, workload.metric)),
  };
}

async function searchFiles({ selection, workload }: Trained): Promise<Record<string, unknown>> {
  const history = searchHistory(selection);
  if (history.length === 0) return {};
  return { "evaluation/search.json": plain(history), "evaluation/search.svg": await svgOf(searchPlot(history, workload.metric)) };
}

async function regressionFiles({ answers, workload }: Trained): Promise<Record<string, unknown>> {
  const unit = workload.columns[workload.target.column]?.unit;
  return { "evaluation/residuals.svg": await svgOf(residualsPlot(answers.predictions.map(Number), answers.actual.map(Number), unit)) };
}

/** A figure that could not be had is null: JSON has no NaN. */
function plain(findings: unknown): unknown {
  return JSON.parse(JSON.stringify(findings));
}
