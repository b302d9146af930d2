import { CreateModelCommand } from "@aws-sdk/client-sagemaker";
import type { Environment } from "@falconry/environment/environment.ts";
import { type Interception, intercepted } from "../crash.fixture.ts";
import { fold, type Operation } from "../promotion/state.ts";
import type { Fault } from "./play.ts";
import type { World } from "./world.ts";

const done = async () => ({});

/** Deliberate faults: each switches one line of what the product does to the world. A simulation that does not notice one is worth nothing. */
export const faults: Record<string, Fault> = {
  "the intention to deploy is not recorded": effects(() => (name, input, call) => (writes(name, input, "deploying") ? done() : call())),

  "events are appended without a condition": effects(() => (name, input, call) => {
    if (name === "TransactWriteItemsCommand") for (const write of writesOf(input)) delete write.ConditionExpression;
    return call();
  }),

  "the head goes on naming what was in flight": effects(() => (name, input, call) => {
    for (const write of name === "TransactWriteItemsCommand" ? writesOf(input) : []) {
      if (typeof write.UpdateExpression === "string") write.UpdateExpression = write.UpdateExpression.replace("REMOVE inFlight", "");
    }
    return call();
  }),

  "witnesses are not written": effects(
    () => (name, input, call) => (name === "PutObjectCommand" && "IfNoneMatch" in members(input) ? done() : call()),
  ),

  "only the first page of the ledger is read": effects(
    () => async (name, _, call) => (name === "QueryCommand" ? { ...members(await call()), LastEvaluatedKey: undefined } : call()),
  ),

  "what an attempt before has created is a stranger's": effects(() => async (name, _, call) => {
    return name === "DescribeModelCommand" ? { PrimaryContainer: {} } : call();
  }),

  "a model is created before anybody approved": effects((_, environment) => async (name, input, call) => {
    const answer = await call();
    if (!writes(name, input, "gates-passed")) return answer;
    await environment.sagemaker.send(new CreateModelCommand({ ModelName: "early" }));
    return answer;
  }),

  "the champion's alias is moved with the order": effects((world, environment) => async (name, _, call) => {
    const coming = inFlight(world);
    if (name === "UpdateEndpointCommand" && coming !== undefined) {
      await environment.mlflow.registeredModels.setAlias("sim", "champion", coming.version);
    }
    return call();
  }),

  "aliases are not mirrored": effects(() => (name, _, call) => (name === "setAlias" ? done() : call())),

  "an endpoint that is updating is taken for one in service": effects(
    () => async (name, _, call) =>
      name === "DescribeEndpointCommand" ? { ...members(await call()), EndpointStatus: "InService" } : call(),
  ),

  "an order that was taken is taken for carried out": effects(() => {
    let ordered: unknown;
    return async (name, input, call) => {
      const answer = await call();
      if (name === "UpdateEndpointCommand") ordered = members(input).EndpointConfigName;
      if (name !== "DescribeEndpointCommand" || ordered === undefined) return answer;
      return { ...members(answer), EndpointStatus: "InService", EndpointConfigName: ordered };
    };
  }),

  "the endpoint is not asked": effects((world) => (name, _, call) => (name === "InvokeEndpointCommand" ? hopedFor(world) : call())),

  "a package is published without its graph": effects(() => (name, input, call) => {
    return name === "PutObjectCommand" && String(members(input).Key).endsWith("/model.onnx") ? done() : call();
  }),

  "the configuration before is cleared away": effects((world) => async (name, input, call) => {
    const answer = await call();
    if (writes(name, input, "live")) for (const config of world.hosting.served.slice(0, -1)) world.hosting.configs.delete(config);
    return answer;
  }),
};

function effects(interception: (world: World, environment: Environment) => Interception): Fault {
  return (environment, world) => intercepted(environment, interception(world, environment));
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? Object.assign(value) : {};
}

/** The writes of a transaction. */
function writesOf(input: unknown): Record<string, unknown>[] {
  const { TransactItems } = members(input);
  return Array.isArray(TransactItems) ? TransactItems.map((write: unknown) => members(Object.values(members(write))[0])) : [];
}

/** It appends an event of this type. */
function writes(name: string, input: unknown, type: string): boolean {
  return name === "TransactWriteItemsCommand" && JSON.stringify(input).includes(`\\"type\\":\\"${type}\\"`);
}

function inFlight(world: World): Operation | undefined {
  return fold(world.events).inFlight;
}

/** The answer that a probe waits for. */
async function hopedFor(world: World): Promise<object> {
  const progress = inFlight(world)?.progress;
  if (progress === undefined || !("deployment" in progress)) return {};
  const { version, run, dataset } = progress.deployment;
  const text = JSON.stringify({ predictions: [{ model: { name: "sim", version }, run, dataset }] });
  return { Body: { transformToString: () => text } };
}
