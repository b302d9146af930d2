import type { JsonObject } from "./json-object.ts";

const runStatuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;

export type RunStatus = (typeof runStatuses)[number];

/** One measured point. The caller stamps it, so that the same point sent twice is the same point. */
export interface Metric {
  key: string;
  /** NaN comes back as NaN; the infinities come back as the largest finite doubles where MLflow keeps its data in SQL. */
  value: number;
  /** Milliseconds since the epoch, an integer. */
  timestamp: number;
  /** An integer. */
  step: number;
  /** The logged model that was measured: it has the metric then, too. */
  modelId?: string;
  /** The dataset that it was measured on, as it was logged. */
  dataset?: { name: string; digest: string };
}

/** What a dataset was: its texts are MLflow's, usually JSON. */
export interface Dataset {
  name: string;
  /** At most 36 characters. */
  digest: string;
  sourceType: string;
  /** At most 65,535 bytes. */
  source: string;
  schema?: string;
  profile?: string;
}

export interface Run {
  info: {
    runId: string;
    runName: string;
    experimentId: string;
    status: RunStatus;
    /** Milliseconds since the epoch. */
    startTime: number;
    /** Milliseconds since the epoch; undefined while the run goes on. */
    endTime: number | undefined;
    artifactUri: string;
    lifecycleStage: "active" | "deleted";
  };
  /** Of each metric the value at its last step. */
  data: { metrics: Record<string, number>; params: Record<string, string>; tags: Record<string, string> };
  /** `models` are ids of logged models. */
  inputs: { datasets: { dataset: Dataset; tags: Record<string, string> }[]; models: string[] };
  outputs: { models: { modelId: string; step: number }[] };
}

export function readRun(run: JsonObject): Run {
  const data = run.objectOrEmpty("data");
  return {
    info: readInfo(run.object("info")),
    data: {
      metrics: Object.fromEntries(data.objects("metrics").map((metric) => [metric.text("key"), metric.number("value")])),
      params: data.keyed("params"),
      tags: data.keyed("tags"),
    },
    inputs: {
      datasets: run
        .objectOrEmpty("inputs")
        .objects("dataset_inputs")
        .map((input) => ({ dataset: readDataset(input.object("dataset")), tags: input.keyed("tags") })),
      models: run
        .objectOrEmpty("inputs")
        .objects("model_inputs")
        .map((input) => input.text("model_id")),
    },
    outputs: {
      models: run
        .objectOrEmpty("outputs")
        .objects("model_outputs")
        .map((model) => ({ modelId: model.text("model_id"), step: model.optionalNumber("step") ?? 0 })),
    },
  };
}

export function readMetric(metric: JsonObject): Metric {
  const modelId = metric.optionalText("model_id");
  const name = metric.optionalText("dataset_name");
  const digest = metric.optionalText("dataset_digest");
  return {
    key: metric.text("key"),
    value: metric.number("value"),
    timestamp: metric.number("timestamp"),
    step: metric.optionalNumber("step") ?? 0,
    ...(modelId && { modelId }),
    ...(name && digest && { dataset: { name, digest } }),
  };
}

function readInfo(info: JsonObject): Run["info"] {
  return {
    runId: info.text("run_id"),
    runName: info.optionalText("run_name") ?? "",
    experimentId: info.text("experiment_id"),
    status: info.oneOf("status", runStatuses),
    startTime: info.optionalNumber("start_time") ?? 0,
    endTime: info.optionalNumber("end_time"),
    artifactUri: info.text("artifact_uri"),
    lifecycleStage: info.optionalText("lifecycle_stage") === "deleted" ? "deleted" : "active",
  };
}

function readDataset(dataset: JsonObject): Dataset {
  const schema = dataset.optionalText("schema");
  const profile = dataset.optionalText("profile");
  return {
    name: dataset.text("name"),
    digest: dataset.text("digest"),
    sourceType: dataset.text("source_type"),
    source: dataset.text("source"),
    ...(schema === undefined ? {} : { schema }),
    ...(profile === undefined ? {} : { profile }),
  };
}
