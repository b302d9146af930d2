import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { type MetricName, metricNames } from "../evaluation/measure.ts";
import type { NewWorkloadOptions } from "../table/new-workload.ts";
import type { TrainingReport } from "../train.ts";

/** A public table with known results, and what a training without a hand's help has to reach on it. */
export interface KnownTable extends Pick<NewWorkloadOptions, "from" | "target" | "timeColumns"> {
  name: string;
  /** Of the best candidate: its mean over the folds, or what it reaches on the untouched last rows in time. */
  measured: "folds" | "test";
  atLeast: Partial<Record<MetricName, number>>;
}

/** Where the tables are; they are no part of the project. */
export const knownTablesFolder = join(checkoutFolder, "../shared/data");

const generic = (file: string) => join(knownTablesFolder, "generic", file);

/** Some hundred rows each: seconds. */
export const smallTables: KnownTable[] = [
  { name: "iris", from: generic("iris_sklearn.csv"), target: "c5", measured: "folds", atLeast: { accuracy: 0.94 } },
  { name: "wine", from: generic("wine_sklearn.csv"), target: "c14", measured: "folds", atLeast: { accuracy: 0.96 } },
  { name: "pima", from: generic("pima-indians-diabetes.csv"), target: "c9", measured: "folds", atLeast: { accuracy: 0.75, rocAuc: 0.8 } },
  { name: "titanic", from: generic("titanic_train.csv"), target: "Survived", measured: "folds", atLeast: { accuracy: 0.79 } },
  { name: "winequality-red", from: generic("winequality-red.csv"), target: "c12", measured: "folds", atLeast: { r2: 0.38 } },
];

/** Minutes. */
export const largeTables: KnownTable[] = [
  {
    name: "digits",
    from: join(knownTablesFolder, "imagery/digits.csv.gz"),
    target: "c65",
    measured: "folds",
    atLeast: { accuracy: 0.97 },
  },
  {
    name: "hotel-bookings",
    from: join(knownTablesFolder, "flyhigh/hotel_bookings_until_2017-03.csv.gz"),
    target: "is_canceled",
    timeColumns: ["arrival_date_year", "arrival_date_month", "arrival_date_day_of_month"],
    measured: "test",
    atLeast: { rocAuc: 0.87 },
  },
  {
    name: "flight-bookings",
    from: join(knownTablesFolder, "flyhigh/ba_customer_booking.csv"),
    target: "booking_complete",
    measured: "folds",
    atLeast: { rocAuc: 0.77 },
  },
];

/** The metrics that a table is held to, each with what it has to reach. */
export function metricsOf({ atLeast }: KnownTable): [metric: MetricName, atLeast: number][] {
  return metricNames.flatMap((metric) => {
    const least = atLeast[metric];
    return least === undefined ? [] : [[metric, least]];
  });
}

/** What a training reached; NaN where the metric was not measured. */
export function reached({ measured }: KnownTable, metric: MetricName, { best, candidates, test }: TrainingReport): number {
  if (measured === "test") return test[metric]?.value ?? Number.NaN;
  return candidates.find(({ name }) => name === best)?.metrics[metric]?.mean ?? Number.NaN;
}
