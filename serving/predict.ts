import { InvokeEndpointCommand, ModelError, SageMakerRuntimeServiceException } from "@aws-sdk/client-sagemaker-runtime";
import type { Environment } from "@falconry/environment/environment.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { type ErrorCode, errorCatalogue } from "@falconry/environment/error-catalogue.ts";
import { z } from "zod";
import { bootstrapLineage } from "./bootstrap/bootstrap-package.ts";
import { splitIntoRequests, type TableRequest } from "./table/split-requests.ts";
import type { Table } from "./table/table.ts";

const predictionSchema = z.object({
  prediction: z.union([z.number(), z.string()]),
  /** Of the class predicted, in [0, 1]; null where the model gives none. */
  probability: z.number().nullable(),
  /** Of every class, by its name. */
  probabilities: z.record(z.string(), z.number()).nullable(),
  model: z.object({ name: z.string(), version: z.number() }).nullable(),
  run: z.string().nullable(),
  /** Digest of the dataset version. */
  dataset: z.string().nullable(),
});

const answerSchema = z.object({ predictions: z.array(predictionSchema) });

export interface PredictionAnswer {
  /** One per row, in the order of the rows. */
  predictions: z.infer<typeof predictionSchema>[];
}

/**
 * Asks a live endpoint. Many rows are split over several requests, one after the other.
 *
 * @throws FalconryError `predict.no-endpoint`, `predict.no-champion`, `predict.refused`, `predict.failed`, `environment.unreachable`, and
 *   the container's own `request.…` codes with its words
 */
export async function predict(environment: Environment, endpointName: string, rows: Table): Promise<PredictionAnswer> {
  const predictions: PredictionAnswer["predictions"] = [];
  for (const request of splitIntoRequests(rows)) {
    const answer = await invoke(environment, endpointName, request);
    refuseBootstrap(answer, endpointName);
    for (const prediction of answer.predictions) predictions.push(prediction);
  }
  return { predictions };
}

async function invoke(environment: Environment, endpointName: string, request: TableRequest): Promise<PredictionAnswer> {
  try {
    const { Body } = await environment.sagemakerRuntime.send(
      new InvokeEndpointCommand({
        EndpointName: endpointName,
        ContentType: request.contentType,
        Accept: "application/json",
        Body: request.body,
      }),
    );
    return answerSchema.parse(JSON.parse(Body.transformToString("utf8")));
  } catch (error) {
    throw explain(error, endpointName, request);
  }
}

function refuseBootstrap({ predictions }: PredictionAnswer, endpointName: string): void {
  const model = predictions[0]?.model;
  if (model?.name !== bootstrapLineage.model.name || model.version !== bootstrapLineage.model.version) return;
  throw new FalconryError("predict.no-champion", {
    message: `endpoint ${endpointName} has no champion yet: it answers with its bootstrap model`,
    hint: "Train a model, then run: falconry promote <workload> --version 1",
  });
}

const containerError = z.object({ error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) });

function explain(error: unknown, endpointName: string, request: TableRequest): unknown {
  if (error instanceof ModelError) return explainModelError(error, endpointName, request);
  if (error instanceof SageMakerRuntimeServiceException && error.name === "ValidationError") {
    return new FalconryError("predict.no-endpoint", {
      message: error.message,
      hint: "See what is in service: falconry status",
      cause: error,
    });
  }
  if (error instanceof SageMakerRuntimeServiceException && (error.$metadata.httpStatusCode ?? 0) >= 500) {
    return failed(endpointName, error.message, error);
  }
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return new FalconryError("environment.unreachable", {
    message: `the SageMaker runtime cannot be reached: ${error.message || error.code}`,
    hint: "falconry local up, or check AWS_PROFILE and AWS_REGION",
    cause: error,
  });
}

function explainModelError(error: ModelError, endpointName: string, { firstRow, rows, isWhole }: TableRequest): FalconryError {
  const message = error.OriginalMessage ?? error.message;
  const parsed = containerError.safeParse(parseJson(message));
  if ((error.OriginalStatusCode ?? 500) >= 500) return failed(endpointName, parsed.data?.error.message ?? message, error);
  const where = isWhole ? "" : `rows ${firstRow + 1} to ${firstRow + rows} of the input, counted from their first: `;
  if (!parsed.success) {
    return new FalconryError("predict.refused", {
      message: `${where}${message}`,
      hint: "Do what the container's message says",
      cause: error,
    });
  }
  const { code, ...text } = parsed.data.error;
  return new FalconryError(isCode(code) ? code : "predict.refused", { message: `${where}${text.message}`, hint: text.hint, cause: error });
}

function failed(endpointName: string, message: string, cause: unknown): FalconryError {
  return new FalconryError("predict.failed", {
    message: `endpoint ${endpointName}: ${message}`,
    hint: "Look into the endpoint's log; it may be restarting",
    cause,
  });
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
