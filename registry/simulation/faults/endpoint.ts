import { CreateModelCommand } from "@aws-sdk/client-sagemaker";
import { isUnderWay } from "../../promotion/operation.ts";
import { members, writes } from "../command.ts";
import type { World } from "../world.ts";
import { breaks, type Deliberate, done, effects, inFlight } from "./deliberate.ts";

/** Who has what brought up, and how it is read back. */
export const endpointFaults: Record<string, Deliberate> = {
  "who asked for a promotion approves it": breaks(/who asked for it or trained it/, (environment, { workload }) => {
    const endpoint = environment.descriptor.endpoints[workload];
    const { rollout } = members(endpoint?.promotion);
    const promotion = { ...endpoint?.promotion, rollout: { ...members(rollout), fourEyes: false } };
    const endpoints = Object.fromEntries(
      Object.entries(environment.descriptor.endpoints).map(([name, each]) => [name, { ...each, promotion }]),
    );
    return { ...environment, descriptor: { ...environment.descriptor, endpoints } };
  }),

  "a model is created before anybody approved": breaks(
    /which no event of the ledger intends/,
    effects((_, environment) => async (name, input, call) => {
      const answer = await call();
      if (!writes(name, input, "gates-passed")) return answer;
      await environment.sagemaker.send(new CreateModelCommand({ ModelName: "early", ExecutionRoleArn: "" }));
      return answer;
    }),
  ),

  "what a stranger made is repaired": breaks(
    /repairs what a stranger made/,
    effects((world) => async (name, _, call) => {
      const answer = members(await call());
      const isOurs = world.state.deployments.has(String(answer.EndpointConfigName));
      return name === "DescribeEndpointCommand" && !isOurs ? { ...answer, EndpointConfigName: bootstrap(world) } : answer;
    }),
    "meddled",
  ),

  "what an attempt before has created is a stranger's": breaks(
    /the endpoint did nothing wrong/,
    effects(() => async (name, _, call) => {
      return name === "DescribeModelCommand" ? { PrimaryContainer: {} } : call();
    }),
  ),

  "the champion's alias is moved with the order": breaks(
    /was called champion before it was live/,
    effects((world, environment) => async (name, _, call) => {
      const coming = inFlight(world);
      if (name === "UpdateEndpointCommand" && coming !== undefined) {
        await environment.mlflow.registeredModels.setAlias("sim", "champion", coming.version);
      }
      return call();
    }),
  ),

  "aliases are not mirrored": breaks(
    /alias champion is|does not come to rest/,
    effects(() => (name, _, call) => (name === "setAlias" ? done() : call())),
  ),

  "an endpoint that is updating is taken for one in service": breaks(
    /was not found healthy|nothing was wrong|did nothing wrong/,
    effects(
      () => async (name, _, call) =>
        name === "DescribeEndpointCommand"
          ? { ...members(await call()), EndpointStatus: "InService", PendingDeploymentSummary: undefined }
          : call(),
    ),
  ),

  "an order that was taken is taken for carried out": breaks(
    /did nothing wrong|nothing was wrong/,
    effects(() => {
      let ordered: unknown;
      return async (name, input, call) => {
        const answer = await call();
        if (name === "UpdateEndpointCommand") ordered = members(input).EndpointConfigName;
        if (name !== "DescribeEndpointCommand" || ordered === undefined) return answer;
        return { ...members(answer), EndpointStatus: "InService", EndpointConfigName: ordered, PendingDeploymentSummary: undefined };
      };
    }),
  ),

  "an endpoint that drifted is taken for the ledger's": breaks(
    /status does not say that/,
    effects((world) => async (name, _, call) => {
      const answer = await call();
      if (name !== "DescribeEndpointCommand" || inFlight(world) !== undefined) return answer;
      return { ...members(answer), EndpointConfigName: world.meantConfig };
    }),
    "meddled",
  ),

  "the endpoint is not asked": breaks(
    /never gave a right answer/,
    effects((world) => (name, _, call) => (name === "InvokeEndpointCommand" ? hopedFor(world) : call())),
  ),

  "a package is published without its graph": breaks(
    /which is not whole/,
    effects(() => (name, input, call) => {
      return name === "PutObjectCommand" && String(members(input).Key).endsWith("/model.onnx") ? done() : call();
    }),
  ),

  "the configuration before is cleared away": breaks(
    /cannot be gone back to/,
    effects((world) => async (name, input, call) => {
      const answer = await call();
      if (writes(name, input, "live")) for (const config of world.hosting.served.slice(0, -1)) world.hosting.configs.delete(config);
      return answer;
    }),
  ),
};

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
