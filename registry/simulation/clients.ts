import { CloudWatchClient, CloudWatchServiceException } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient, DynamoDBServiceException, TransactionConflictException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { SageMakerClient, SageMakerServiceException } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient, SageMakerRuntimeServiceException } from "@aws-sdk/client-sagemaker-runtime";
import { SNSClient, SNSServiceException } from "@aws-sdk/client-sns";
import type { Environment } from "@falconry/environment/environment.ts";
import { simulatedMlflow } from "./mlflow-client.ts";
import type { Call, Carrier } from "./process.ts";
import { cancelled } from "./table.ts";
import type { World } from "./world.ts";

/** Who looks at what is sent, and at what it does; each may say what was wrong with it. */
export interface Onlooker {
  sent(command: object): void;
  ordered(command: object): void;
  ledgerAnswered(command: object): void;
  answered(): void;
  aliasSet(alias: string, version: number): void;
}

const mutating = /^(Put|Create|Update|Delete|TransactWrite|Publish|SetAlarm)/;

/** An environment whose clients do nothing but hand their calls to a carrier. */
export function simulatedEnvironment(world: World, carry: Carrier, onlooker: Onlooker): Environment {
  const { table, buckets, hosting, monitoring, topic, descriptor } = world;
  const failure = { $fault: "client" as const, message: "Rate exceeded", $metadata: {} };
  const throttling = { ...failure, name: "ThrottlingException" };
  /** The SDK's paginators ask for an instance of their client's class; everything that it does goes through `send`. */
  function client<C extends object>(prototype: C, service: (command: object) => Pick<Call, "effect" | "stale" | "throttled">): C {
    const send = (command: object) => {
      onlooker.sent(command);
      return carry({ ...callOf(command), ...service(command) });
    };
    return Object.assign(Object.create(prototype), { send });
  }
  return {
    descriptor,
    dynamodb: client(DynamoDBClient.prototype, (command) => ({
      effect: () => {
        const answer = table.answer(command);
        onlooker.ledgerAnswered(command);
        return answer;
      },
      throttled: () => {
        if (command.constructor.name.startsWith("TransactWrite")) return cancelled([{ Code: "TransactionConflict" }]);
        // Of the head that somebody appends to at this moment.
        if (command instanceof UpdateItemCommand) return new TransactionConflictException(failure);
        return new DynamoDBServiceException(throttling);
      },
    })),
    s3: client(S3Client.prototype, (command) => ({
      effect: () => buckets.answer(command),
      throttled: () => new S3ServiceException({ ...failure, name: "SlowDown" }),
    })),
    cloudwatch: client(CloudWatchClient.prototype, (command) => ({
      effect: () => monitoring.answer(command),
      throttled: () => new CloudWatchServiceException(throttling),
    })),
    sns: client(SNSClient.prototype, (command) => ({
      effect: () => topic.answer(command),
      throttled: () => new SNSServiceException(throttling),
    })),
    sagemaker: client(SageMakerClient.prototype, (command) => ({
      effect: () => {
        onlooker.ordered(command);
        return hosting.answer(command);
      },
      stale: () => hosting.answer(command, true),
      throttled: () => new SageMakerServiceException(throttling),
    })),
    sagemakerRuntime: client(SageMakerRuntimeClient.prototype, (command) => ({
      effect: () => {
        const answer = hosting.answer(command);
        onlooker.answered();
        return answer;
      },
      throttled: () => new SageMakerRuntimeServiceException(throttling),
    })),
    mlflow: simulatedMlflow(world.tracking, carry, (alias, version) => onlooker.aliasSet(alias, version)),
    [Symbol.dispose]() {},
  };
}

function callOf(command: object): Pick<Call, "name" | "about" | "changes" | "timedOut"> {
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
  const text = JSON.stringify(input, (key, value) => (key === "Body" ? undefined : value));
  const [, event] = /\\"type\\":\\"([a-z-]+)\\"/.exec(text) ?? [];
  if (event !== undefined) return event;
  const [, metric] = /"MetricName":"(Heartbeat|Unhealthy)"/.exec(text) ?? [];
  if (metric !== undefined) return metric;
  const names = ["EndpointConfigName", "ModelName", "Key", "Prefix", "UpdateExpression", "AlarmName"];
  return Object.entries(input ?? {})
    .filter(([key, value]) => names.includes(key) && typeof value === "string")
    .map(([, value]) => value)
    .join(" ");
}
