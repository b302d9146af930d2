import type { LoadedWorkload } from "@falconry/model/workload.ts";

/** A declaration for tests: visits that are kept or cancelled. `paid` is known only after the event. */
export function smallWorkload(folder: string, change: Partial<LoadedWorkload> = {}): LoadedWorkload {
  return {
    name: "visits",
    question: "Will the visit be cancelled?",
    source: { sample: "visits.csv" },
    columns: {
      id: { type: "integer", description: "Number of the visit" },
      day: { type: "date", description: "Day of the visit", optional: true },
      price: { type: "number", unit: "EUR", description: "What it costs", range: { min: 0 }, optional: true },
      place: { type: "string", description: "Where", optional: true },
      online: { type: "boolean", description: "Booked online", optional: true },
      paid: { type: "number", description: "What was paid", optional: true, knownAfterEvent: "it is paid at the end" },
      cancelled: { type: "string", description: "Outcome", values: ["yes", "no"] },
    },
    key: ["id"],
    target: { column: "cancelled", task: "classification" },
    features: { sql: "features.sql" },
    split: { type: "stratified", testShare: 0.25, seed: 1 },
    crossValidation: { folds: 3, seed: 1 },
    candidates: [
      { name: "majority", type: "majority" },
      { name: "logistic-regression", type: "logistic-regression", C: 1 },
    ],
    metric: "accuracy",
    gates: { floor: 0.5, minimumRows: 5 },
    rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
    folder,
    ...change,
  };
}

export const smallHeader = "id,day,price,place,online,paid,cancelled";
