import { FalconryError } from "@falconry/environment/error.ts";
import type { PredictionLineage } from "@falconry/model/lineage.ts";
import { type MetricDimensions, metricWindowSeconds } from "@falconry/model/serving-metrics.ts";
import { z } from "zod";
import { shown } from "../table/table.ts";

/** Lineage that every answer carries; null where the container was not told. */
export type ContainerLineage = { [Member in keyof PredictionLineage]: PredictionLineage[Member] | null };

/** What the container takes from its environment variables. */
export interface ContainerSettings {
  host: string;
  port: number;
  modelFolder: string;
  lineage: ContainerLineage;
  metrics: {
    /** Absent where the container was not told its endpoint or its model's version: nobody could tell whose metrics they are. */
    source: MetricDimensions | undefined;
    windowSeconds: number;
  };
}

const integer = z
  .string()
  .regex(/^\d{1,9}$/, "no whole number")
  .transform(Number);

const variables = z.object({
  FALCONRY_BIND_HOST: z.string().min(1).default("127.0.0.1"),
  SAGEMAKER_BIND_TO_PORT: integer.default(8080),
  SM_MODEL_DIR: z.string().min(1).default("/opt/ml/model"),
  FALCONRY_MODEL_NAME: z.string().min(1).optional(),
  FALCONRY_MODEL_VERSION: integer.optional(),
  FALCONRY_RUN: z.string().optional(),
  FALCONRY_DATASET: z.string().optional(),
  FALCONRY_ENDPOINT: z.string().min(1).optional(),
  FALCONRY_METRIC_WINDOW_SECONDS: integer.refine((seconds) => seconds > 0, "no number of seconds").default(metricWindowSeconds),
});

/** @throws FalconryError `container.settings` */
export function readSettings(environment: NodeJS.ProcessEnv): ContainerSettings {
  const parsed = variables.safeParse(environment);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0]);
    throw new FalconryError("container.settings", {
      message: `environment variable ${name} is ${shown(environment[name])}: ${issue?.message}`,
      hint: "serving/README.md lists the container's variables",
    });
  }
  const { FALCONRY_MODEL_NAME: name, FALCONRY_MODEL_VERSION: version, FALCONRY_RUN: run, FALCONRY_DATASET: dataset } = parsed.data;
  const { FALCONRY_ENDPOINT: Endpoint, FALCONRY_METRIC_WINDOW_SECONDS: windowSeconds } = parsed.data;
  return {
    host: parsed.data.FALCONRY_BIND_HOST,
    port: parsed.data.SAGEMAKER_BIND_TO_PORT,
    modelFolder: parsed.data.SM_MODEL_DIR,
    metrics: {
      source: Endpoint === undefined || version === undefined ? undefined : { Endpoint, ModelVersion: String(version) },
      windowSeconds,
    },
    lineage: { model: name === undefined || version === undefined ? null : { name, version }, run: run ?? null, dataset: dataset ?? null },
  };
}
