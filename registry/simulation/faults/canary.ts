import { PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { heartbeatMetric, rolloutNamespace, unhealthyMetric } from "@falconry/model/rollout-metrics.ts";
import { isUnderWay } from "../../promotion/operation.ts";
import { list, members, tells } from "../command.ts";
import type { World } from "../world.ts";
import { breaks, type Deliberate, done, effects, inFlight } from "./deliberate.ts";

/** How a canary is held, watched over and judged. */
export const canaryFaults: Record<string, Deliberate> = {
  "all of the traffic goes over at once": breaks(
    /takes all of the traffic, and was not found healthy/,
    effects(() => (name, input, call) => {
      if (name === "UpdateEndpointCommand") delete members(members(input).DeploymentConfig).BlueGreenUpdatePolicy;
      return call();
    }),
  ),

  "the canary is all of the instances": breaks(
    /did nothing wrong/,
    effects(() => (name, input, call) => {
      const { TrafficRoutingConfiguration: routing } = members(members(members(input).DeploymentConfig).BlueGreenUpdatePolicy);
      const { CanarySize: size } = members(routing);
      if (name === "UpdateEndpointCommand" && size !== undefined) members(size).Value = 2;
      return call();
    }),
    "calm",
  ),

  "no alarm holds the canary": breaks(
    /takes all of the traffic, and was not found healthy/,
    effects(() => (name, input, call) => {
      if (name === "UpdateEndpointCommand") delete members(members(input).DeploymentConfig).AutoRollbackConfiguration;
      return call();
    }),
    "orphaned",
  ),

  "the order comes before the first heartbeat": breaks(
    /nothing was wrong/,
    effects((world) => async (name, input, call) => {
      if (name === "PutMetricDataCommand" && tells(input, heartbeatMetric) && world.hosting.busyUntil === undefined) return {};
      const answer = await call();
      if (name === "DescribeAlarmsCommand") for (const alarm of list(members(answer).MetricAlarms)) members(alarm).StateValue = "OK";
      return answer;
    }),
    "calm",
  ),

  "the heartbeat goes on after giving up": breaks(
    /sends a heartbeat, and what it knows of is/,
    effects((world, environment) => async (name, _, call) => {
      const progress = inFlight(world)?.progress;
      const isGivenUp = progress !== undefined && isUnderWay(progress) && progress.givenUpBy !== undefined;
      if (name === "DescribeEndpointCommand" && isGivenUp) await environment.cloudwatch.send(heartbeat(world));
      return call();
    }),
  ),

  "the heartbeat goes on without a verdict": breaks(
    /sends a heartbeat after the time for a verdict|was not found healthy/,
    effects((world, environment) => async (name, _, call) => {
      if (name === "DescribeEndpointCommand" && inFlight(world)?.progress.state === "canary") {
        await environment.cloudwatch.send(heartbeat(world));
      }
      return call();
    }),
  ),

  "a heartbeat counts when it arrives": breaks(
    /takes all of the traffic, and was not found healthy/,
    effects(() => (name, input, call) => {
      if (name === "PutMetricDataCommand") for (const datum of list(members(input).MetricData)) delete members(datum).Timestamp;
      return call();
    }),
    "orphaned",
  ),

  "whatever SageMaker brings up is watched over": breaks(
    /takes all of the traffic, and was not found healthy/,
    effects((world) => async (name, _, call) => {
      const answer = await call();
      const { PendingDeploymentSummary: pending } = members(answer);
      const progress = inFlight(world)?.progress;
      if (name === "DescribeEndpointCommand" && pending !== undefined && progress !== undefined && isUnderWay(progress)) {
        members(pending).EndpointConfigName = progress.to.config;
      }
      return answer;
    }),
    "overtaken",
  ),

  "there is no heartbeat while the canary bakes": breaks(
    /nothing was wrong/,
    effects((world) => (name, input, call) => {
      const isBeat = name === "PutMetricDataCommand" && tells(input, heartbeatMetric);
      return isBeat && inFlight(world)?.progress.state === "canary" ? done() : call();
    }),
    "calm",
  ),

  "the deployment that is given up is not tripped": breaks(
    /was given up, and went back after/,
    effects(() => (name, input, call) => {
      return name === "SetAlarmStateCommand" || (name === "PutMetricDataCommand" && tells(input, unhealthyMetric)) ? done() : call();
    }),
    "calm",
  ),

  "the champion's counts are taken for the challenger's": breaks(
    /the judge calls version \d+ healthy/,
    effects(() => async (name, input, call) => {
      const answer = await call();
      if (name === "GetMetricDataCommand")
        borrow(list(members(input).MetricDataQueries).map(members), list(members(answer).MetricDataResults).map(members));
      return answer;
    }),
  ),
};

function heartbeat({ descriptor, workload }: World): PutMetricDataCommand {
  const Dimensions = [{ Name: "Endpoint", Value: descriptor.endpoints[workload]?.name }];
  return new PutMetricDataCommand({ Namespace: rolloutNamespace, MetricData: [{ MetricName: heartbeatMetric, Dimensions, Value: 1 }] });
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
