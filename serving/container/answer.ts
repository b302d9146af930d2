import { FalconryError } from "@falconry/environment/error.ts";
import Papa from "papaparse";
import { shown } from "../table/table.ts";
import { isProbability } from "./probability.ts";
import type { ContainerLineage } from "./settings.ts";

/** What the model says of every row. */
export interface ModelAnswer {
  predictions: readonly (number | string)[];
  /** Row x class; absent where the model gives none. */
  probabilities?: readonly (readonly number[])[];
}

/**
 * Writes answers of one model as JSON or CSV. What is the same in every answer is prepared once.
 *
 * Both throw a FalconryError `container.invalid-answer` where a number that the model gives is none, or no probability.
 */
export class AnswerWriter {
  readonly #classes: readonly (number | string)[];
  readonly #keys: readonly string[];
  readonly #lineage: ContainerLineage;
  readonly #lineageMembers: string;

  constructor(classes: readonly (number | string)[], lineage: ContainerLineage) {
    this.#classes = classes;
    this.#keys = classes.map((name) => `${JSON.stringify(String(name))}:`);
    this.#lineage = lineage;
    this.#lineageMembers = JSON.stringify(lineage).slice(1);
  }

  /** `{"predictions":[{"prediction","probability","probabilities","model","run","dataset"}]}` */
  json(answer: ModelAnswer): string {
    const rows = answer.predictions.map((prediction, row) => {
      const probabilities = this.#checked(answer, row);
      const members = probabilities?.map((probability, index) => `${this.#keys[index]}${probability}`).join();
      const probability = probabilities?.[this.#classes.indexOf(prediction)] ?? null;
      const all = members === undefined ? null : `{${members}}`;
      return `{"prediction":${JSON.stringify(prediction)},"probability":${probability},"probabilities":${all},${this.#lineageMembers}`;
    });
    return `{"predictions":[${rows.join()}]}`;
  }

  /** Columns `prediction`, `probability`, `probability_<class>`…, `model`, `version`, `run`, `dataset`. */
  csv(answer: ModelAnswer): string {
    const fields = [
      "prediction",
      "probability",
      ...this.#classes.map((name) => `probability_${name}`),
      "model",
      "version",
      "run",
      "dataset",
    ];
    const { model, run, dataset } = this.#lineage;
    const data = answer.predictions.map((prediction, row) => {
      const probabilities = this.#checked(answer, row);
      const each = this.#classes.map((_, index) => probabilities?.[index]);
      return [prediction, each[this.#classes.indexOf(prediction)], ...each, model?.name, model?.version, run, dataset];
    });
    return `${Papa.unparse({ fields, data })}\r\n`;
  }

  #checked({ predictions, probabilities }: ModelAnswer, row: number): readonly number[] | undefined {
    const prediction = predictions[row];
    if (typeof prediction === "number" && !Number.isFinite(prediction)) throw invalid(row, `predicts ${prediction}`);
    const each = probabilities?.[row];
    const wrong = each?.findIndex((probability) => !isProbability(probability)) ?? -1;
    if (wrong >= 0) throw invalid(row, `gives class ${shown(this.#classes[wrong])} the probability ${each?.[wrong]}`);
    return each;
  }
}

function invalid(row: number, what: string): FalconryError {
  return new FalconryError("container.invalid-answer", {
    message: `row ${row + 1}: the model ${what}`,
    hint: "Put another version back: the graph of this one is broken. Run it on the row to see where",
  });
}
