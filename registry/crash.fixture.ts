import type { Environment } from "@falconry/environment/environment.ts";

/** The process died: whoever catches this is not the product. */
export class Crash extends Error {}

const mutating = new Set([
  "PutObjectCommand",
  "TransactWriteItemsCommand",
  "CreateModelCommand",
  "CreateEndpointConfigCommand",
  "UpdateEndpointCommand",
  "UpdateItemCommand",
  "PutMetricDataCommand",
  "SetAlarmStateCommand",
  "PublishCommand",
  "setAlias",
  "deleteAlias",
]);

/** One call into the world, on its way out. */
export type Interception = (name: string, input: unknown, call: () => Promise<unknown>) => Promise<unknown>;

/** The same environment; every call of its clients goes through `intercept`. */
export function intercepted(environment: Environment, intercept: Interception): Environment {
  const { s3, dynamodb, cloudwatch, sns, sagemaker, sagemakerRuntime, mlflow } = environment;
  return {
    ...environment,
    s3: throughSend(s3, intercept),
    dynamodb: throughSend(dynamodb, intercept),
    cloudwatch: throughSend(cloudwatch, intercept),
    sns: throughSend(sns, intercept),
    sagemaker: throughSend(sagemaker, intercept),
    sagemakerRuntime: throughSend(sagemakerRuntime, intercept),
    mlflow: replacing(mlflow, { registeredModels: throughMethods(mlflow.registeredModels, intercept) }),
  };
}

/** Dies at the `nth` call that changes something: before it is sent, or when it is done and its answer is lost. */
export function dyingAt(environment: Environment, nth: number, moment: "before" | "after"): Environment {
  let calls = 0;
  return intercepted(environment, async (name, _, call) => {
    if (!mutating.has(name)) return call();
    calls++;
    if (calls > nth || (calls === nth && moment === "before")) throw new Crash(`before ${name}`);
    const answer = await call();
    if (calls === nth) throw new Crash(`after ${name}`);
    return answer;
  });
}

function throughSend<Client extends object>(client: Client, intercept: Interception): Client {
  return new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      if (property !== "send") return value.bind(target);
      return (command: { input: unknown }, ...rest: unknown[]) =>
        intercept(command.constructor.name, command.input, () => value.call(target, command, ...rest));
    },
  });
}

function throughMethods<Group extends object>(group: Group, intercept: Interception): Group {
  return new Proxy(group, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => intercept(String(property), given, () => value.apply(target, given));
    },
  });
}

function replacing<T extends object>(whole: T, parts: Partial<T>): T {
  return new Proxy(whole, { get: (target, property) => Reflect.get(property in parts ? parts : target, property) });
}
