import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CreateModelCommand } from "@aws-sdk/client-sagemaker";
import type { Environment } from "@falconry/environment/environment.ts";
import { heartbeatMetric, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import { type Interception, intercepted } from "../crash.fixture.ts";
import { isUnderWay, type Operation } from "../promotion/operation.ts";
import type { Fault } from "./play.ts";
import type { World } from "./world.ts";

const done = async () => ({});

/** Deliberate faults: each switches one line of what the product does to the world. A simulation that does not notice one is worth nothing. */
export const faults: Record<string, Fault> = {
  // The ledger.

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

  "witnesses are not written": effects(() => (name, input, call) => (isWitness(name, input) ? done() : call())),

  "an event counts as settled before its witness is written": effects(() => {
    const waiting: (() => Promise<unknown>)[] = [];
    return async (name, input, call) => {
      if (isWitness(name, input)) waiting.push(call);
      if (isWitness(name, input)) return {};
      const answer = await call();
      if (updates(name, input, "settled")) for (const write of waiting.splice(0)) await write();
      return answer;
    };
  }),

  "only the first page of the ledger is read": effects(
    () => async (name, _, call) => (name === "QueryCommand" ? { ...members(await call()), LastEvaluatedKey: undefined } : call()),
  ),

  "nobody is told": effects(() => (name, _, call) => (name === "PublishCommand" ? done() : call())),

  "a lease that another holds is taken": effects(() => (name, input, call) => {
    if (updates(name, input, "holder")) delete members(input).ConditionExpression;
    return call();
  }),

  "whoever lost the lease goes on writing": effects(() => (name, input, call) => {
    for (const write of name === "TransactWriteItemsCommand" ? writesOf(input) : []) {
      if (typeof write.ConditionExpression === "string")
        write.ConditionExpression = write.ConditionExpression.replace("AND fence = :fence", "");
    }
    return call();
  }),

  // Who may do what.

  "who asked for a promotion approves it": (environment, { workload }) => {
    const endpoint = environment.descriptor.endpoints[workload];
    const { rollout } = members(endpoint?.promotion);
    const promotion = { ...endpoint?.promotion, rollout: { ...members(rollout), fourEyes: false } };
    const endpoints = Object.fromEntries(
      Object.entries(environment.descriptor.endpoints).map(([name, each]) => [name, { ...each, promotion }]),
    );
    return { ...environment, descriptor: { ...environment.descriptor, endpoints } };
  },

  "a model is created before anybody approved": effects((_, environment) => async (name, input, call) => {
    const answer = await call();
    if (!writes(name, input, "gates-passed")) return answer;
    await environment.sagemaker.send(new CreateModelCommand({ ModelName: "early", ExecutionRoleArn: "" }));
    return answer;
  }),

  "what a stranger made is repaired": effects((world) => async (name, _, call) => {
    const answer = members(await call());
    const isOurs = world.state.deployments.has(String(answer.EndpointConfigName));
    return name === "DescribeEndpointCommand" && !isOurs ? { ...answer, EndpointConfigName: bootstrap(world) } : answer;
  }),

  // The endpoint.

  "what an attempt before has created is a stranger's": effects(() => async (name, _, call) => {
    return name === "DescribeModelCommand" ? { PrimaryContainer: {} } : call();
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
      name === "DescribeEndpointCommand"
        ? { ...members(await call()), EndpointStatus: "InService", PendingDeploymentSummary: undefined }
        : call(),
  ),

  "an order that was taken is taken for carried out": effects(() => {
    let ordered: unknown;
    return async (name, input, call) => {
      const answer = await call();
      if (name === "UpdateEndpointCommand") ordered = members(input).EndpointConfigName;
      if (name !== "DescribeEndpointCommand" || ordered === undefined) return answer;
      return { ...members(answer), EndpointStatus: "InService", EndpointConfigName: ordered, PendingDeploymentSummary: undefined };
    };
  }),

  "an endpoint that drifted is taken for the ledger's": effects((world) => async (name, _, call) => {
    const answer = await call();
    if (name !== "DescribeEndpointCommand" || inFlight(world) !== undefined) return answer;
    return { ...members(answer), EndpointConfigName: world.meantConfig };
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

  // The canary.

  "all of the traffic goes over at once": effects(() => (name, input, call) => {
    if (name === "UpdateEndpointCommand") delete members(members(input).DeploymentConfig).BlueGreenUpdatePolicy;
    return call();
  }),

  "the canary is all of the instances": effects(() => (name, input, call) => {
    const { TrafficRoutingConfiguration: routing } = members(members(members(input).DeploymentConfig).BlueGreenUpdatePolicy);
    const { CanarySize: size } = members(routing);
    if (name === "UpdateEndpointCommand" && size !== undefined) members(size).Value = 2;
    return call();
  }),

  "no alarm holds the canary": effects(() => (name, input, call) => {
    if (name === "UpdateEndpointCommand") delete members(members(input).DeploymentConfig).AutoRollbackConfiguration;
    return call();
  }),

  "the order comes before the first heartbeat": effects((world) => async (name, input, call) => {
    if (name === "PutMetricDataCommand" && tells(input, heartbeatMetric) && world.hosting.busyUntil === undefined) return {};
    const answer = await call();
    if (name === "DescribeAlarmsCommand") for (const alarm of list(members(answer).MetricAlarms)) members(alarm).StateValue = "OK";
    return answer;
  }),

  "the heartbeat goes on after giving up": effects((world, environment) => async (name, _, call) => {
    const progress = inFlight(world)?.progress;
    const isGivenUp = progress !== undefined && isUnderWay(progress) && progress.givenUpBy !== undefined;
    if (name === "DescribeEndpointCommand" && isGivenUp) await environment.cloudwatch.send(heartbeat(world));
    return call();
  }),

  "the heartbeat goes on without a verdict": effects((world, environment) => async (name, _, call) => {
    if (name === "DescribeEndpointCommand" && inFlight(world)?.progress.state === "canary") {
      await environment.cloudwatch.send(heartbeat(world));
    }
    return call();
  }),

  "there is no heartbeat while the canary bakes": effects((world) => (name, input, call) => {
    const isBeat = name === "PutMetricDataCommand" && tells(input, heartbeatMetric);
    return isBeat && inFlight(world)?.progress.state === "canary" ? done() : call();
  }),

  "the deployment that is given up is not tripped": effects(() => (name, input, call) => {
    return name === "SetAlarmStateCommand" || (name === "PutMetricDataCommand" && tells(input, unhealthyMetric)) ? done() : call();
  }),

  "the champion's counts are taken for the challenger's": effects(() => async (name, input, call) => {
    const answer = await call();
    if (name === "GetMetricDataCommand")
      borrow(list(members(input).MetricDataQueries).map(members), list(members(answer).MetricDataResults).map(members));
    return answer;
  }),
};

function effects(interception: (world: World, environment: Environment) => Interception): Fault {
  return (environment, world) => intercepted(environment, interception(world, environment));
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? Object.assign(value) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The writes of a transaction. */
function writesOf(input: unknown): Record<string, unknown>[] {
  return list(members(input).TransactItems).map((write) => members(Object.values(members(write))[0]));
}

/** It appends an event of this type. */
function writes(name: string, input: unknown, type: string): boolean {
  return name === "TransactWriteItemsCommand" && JSON.stringify(input).includes(`\\"type\\":\\"${type}\\"`);
}

/** It sets this member of the head item. */
function updates(name: string, input: unknown, member: string): boolean {
  return name === "UpdateItemCommand" && String(members(input).UpdateExpression).includes(`SET ${member} =`);
}

function isWitness(name: string, input: unknown): boolean {
  return name === "PutObjectCommand" && "IfNoneMatch" in members(input);
}

/** It puts a point of this metric. */
function tells(input: unknown, metric: string): boolean {
  return list(members(input).MetricData).some((datum) => members(datum).MetricName === metric);
}

function heartbeat({ descriptor, workload }: World): PutMetricDataCommand {
  const Dimensions = [{ Name: "Endpoint", Value: descriptor.endpoints[workload]?.name }];
  return new PutMetricDataCommand({ Namespace: rolloutNamespace, MetricData: [{ MetricName: heartbeatMetric, Dimensions, Value: 1 }] });
}

function inFlight({ state }: World): Operation | undefined {
  return state.inFlight;
}

function bootstrap({ descriptor, workload }: World): string | undefined {
  return descriptor.endpoints[workload]?.bootstrapConfig;
}

/** The answer that a probe waits for. */
async function hopedFor(world: World): Promise<object> {
  const progress = inFlight(world)?.progress;
  if (progress === undefined || !isUnderWay(progress)) return {};
  const { version, run = "", dataset = "0".repeat(64) } = progress.to.deployment ?? { version: 0 };
  const text = JSON.stringify({ predictions: [{ model: { name: "sim", version }, run, dataset }] });
  return { Body: { transformToString: () => text } };
}

/** Every metric of the higher version gets the values of the lower one's. */
function borrow(queries: readonly Record<string, unknown>[], results: readonly Record<string, unknown>[]): void {
  const named = queries.map((query) => {
    const { Metric } = members(query.MetricStat);
    const { MetricName, Dimensions } = members(Metric);
    const version = list(Dimensions)
      .map(members)
      .find(({ Name }) => Name === "ModelVersion")?.Value;
    return { id: query.Id, name: MetricName, version: Number(version) };
  });
  for (const { id, name, version } of named) {
    const lender = named.find((other) => other.name === name && other.version < version);
    const from = results.find(({ Id }) => Id === lender?.id);
    const to = results.find(({ Id }) => Id === id);
    if (from !== undefined && to !== undefined) Object.assign(to, { Timestamps: from.Timestamps, Values: from.Values });
  }
}
