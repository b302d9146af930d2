import { DynamoDBClient, DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { SageMakerClient, SageMakerServiceException } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient, SageMakerRuntimeServiceException } from "@aws-sdk/client-sagemaker-runtime";
import type { Environment } from "@falconry/environment/environment.ts";
import { MlflowClient, MlflowError, type ModelVersion } from "mlflow-client";
import type { Call } from "./network.ts";
import { cancelled } from "./table.ts";
import type { World } from "./world.ts";

/** Takes a call to its service, or nowhere. */
export type Carrier = (call: Call) => Promise<unknown>;

const mutating = /^(Put|Create|Update|Delete|TransactWrite)/;

/** An environment whose clients do nothing but hand their calls to a carrier. */
export function simulatedEnvironment(world: World, carry: Carrier): Environment {
  const { table, buckets, hosting, descriptor } = world;
  const failure = { $fault: "client" as const, message: "Rate exceeded", $metadata: {} };
  const throttling = { ...failure, name: "ThrottlingException" };
  return {
    descriptor,
    dynamodb: client(DynamoDBClient.prototype, (command) =>
      carry({
        ...callOf(command),
        effect: () => {
          const answer = table.answer(command);
          world.watchLedger();
          return answer;
        },
        stale: () => table.answer(command, 1),
        throttled: () =>
          mutating.test(command.constructor.name) ? cancelled([{ Code: "TransactionConflict" }]) : new DynamoDBServiceException(throttling),
      }),
    ),
    s3: client(S3Client.prototype, (command) =>
      carry({
        ...callOf(command),
        effect: () => buckets.answer(command),
        throttled: () => new S3ServiceException({ ...failure, name: "SlowDown" }),
      }),
    ),
    sagemaker: client(SageMakerClient.prototype, (command) =>
      carry({
        ...callOf(command),
        effect: () => {
          world.watchOrder(command);
          return hosting.answer(command);
        },
        stale: () => hosting.answer(command, true),
        throttled: () => new SageMakerServiceException(throttling),
      }),
    ),
    sagemakerRuntime: client(SageMakerRuntimeClient.prototype, (command) =>
      carry({
        ...callOf(command),
        effect: () => {
          const answer = hosting.answer(command);
          world.watchAnswer();
          return answer;
        },
        throttled: () => new SageMakerRuntimeServiceException(throttling),
      }),
    ),
    mlflow: mlflowClient(world, carry),
    [Symbol.dispose]() {},
  };
}

/** The SDK's paginators ask for an instance of their client's class; everything that it does goes through `send`. */
function client<C extends object>(prototype: C, send: (command: object) => Promise<unknown>): C {
  return Object.assign(Object.create(prototype), { send });
}

function callOf(command: object): Omit<Call, "effect" | "throttled"> {
  const { name } = command.constructor;
  const input: unknown = "input" in command ? command.input : undefined;
  return {
    name,
    about: () => subject(input),
    changes: mutating.test(name),
    timedOut: () => Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" }),
  };
}

/** What an input names, or the type of the event that it writes. */
function subject(input: unknown): string {
  const [, event] = /\\"type\\":\\"([a-z-]+)\\"/.exec(JSON.stringify(input, (key, value) => (key === "Body" ? undefined : value))) ?? [];
  if (event !== undefined) return event;
  const names = ["EndpointConfigName", "ModelName", "Key", "Prefix"];
  return Object.entries(input ?? {})
    .filter(([key, value]) => names.includes(key) && typeof value === "string")
    .map(([, value]) => value)
    .join(" ");
}

function mlflowClient(world: World, carry: Carrier): MlflowClient {
  const { tracking } = world;
  const failed = (status: number | undefined, code: string) => new MlflowError({ status, code, message: code, method: "", path: "" });
  async function ask<T>(name: string, about: string, effect: () => T, { changes = false, stale = effect } = {}): Promise<T> {
    let answer: { given: T } | undefined;
    const once = (how: () => T) => () => {
      answer = { given: how() };
    };
    await carry({
      name,
      about: () => about,
      changes,
      effect: once(effect),
      stale: once(stale),
      throttled: () => failed(429, "REQUEST_LIMIT_EXCEEDED"),
      timedOut: () => failed(undefined, "TIMEOUT"),
    });
    if (answer === undefined) throw new Error(`${name} was answered, and never reached MLflow`);
    return answer.given;
  }
  const groups = {
    registeredModels: {
      get: (name: string) =>
        ask("getRegisteredModel", name, () => tracking.registeredModel(name), {
          stale: () => tracking.registeredModel(name, tracking.aliasesBefore),
        }),
      setAlias: (_: string, alias: string, version: number) =>
        ask(
          "setAlias",
          `${alias} ${version}`,
          () => {
            world.watchAlias(alias, version);
            tracking.setAlias(alias, version);
          },
          { changes: true },
        ),
      deleteAlias: (_: string, alias: string) => ask("deleteAlias", alias, () => tracking.deleteAlias(alias), { changes: true }),
    },
    modelVersions: {
      get: (_: string, version: number) => ask("getModelVersion", `${version}`, () => tracking.modelVersion(version)),
      artifactUri: (_: string, version: number) => ask("getDownloadUri", `${version}`, () => tracking.artifactUri(version)),
      async *search(): AsyncGenerator<ModelVersion> {
        yield* await ask("searchModelVersions", "", () => tracking.versions.map(({ version }) => version));
      },
    },
    runs: { get: (runId: string) => ask("getRun", runId, () => tracking.run(runId)) },
    artifacts: { download: (uri: string, path: string) => ask("downloadArtifact", path, () => tracking.artifact(uri, path)) },
  };
  return Object.assign(Object.create(MlflowClient.prototype), groups);
}
