import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ControlPlaneApi } from "./control-plane-api.ts";
import type { DescriptorParameter } from "./descriptor.ts";
import { allow } from "./policy.ts";
import type { Transform } from "./transform.ts";

/** As long as the interval of the schedule: while something is in flight, one invocation takes over from the other. */
const TIMEOUT_SECONDS = 60;
/** Gates load models and compare their answers. */
const MEMORY_MB = 2048;
const LOG_RETENTION_DAYS = 365;

export interface ControlPlaneArgs {
  /** Name of the environment: the function is told it. */
  environment: string;
  /** The registry's role lets a function of this name write, and no other. */
  functionName: string;
  /** Image of the function, in ECR. */
  image: string;
  /** The registry's role: the only one that may do what the API is asked for. */
  role: aws.iam.Role;
  /** What the function reads when it starts. */
  descriptor: DescriptorParameter;
  /** Where people's requests come in. */
  api: ControlPlaneApi;
  transform?: Transform<{ function: aws.lambda.FunctionArgs }>;
}

/** The registry's API on AWS: a function that answers people, and that a schedule calls every minute to carry on what is in flight. */
export class ControlPlane extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #args: ControlPlaneArgs;

  constructor(name: string, args: ControlPlaneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:controlPlane:ControlPlane", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const handler = this.#function();
    this.#schedule(handler);
    args.api.answeredBy(handler);
    this.registerOutputs({ function: handler.arn });
  }

  /** Its concurrency is not reserved: a minute's drive must never keep a person's request waiting. */
  #function(): aws.lambda.Function {
    const { environment, functionName, image, role, descriptor, transform } = this.#args;
    const log = this.#log(`/aws/lambda/${functionName}`);
    // Each instance reads the descriptor once: a digest of it among the variables makes new instances where it changed.
    const variables = { FALCONRY_ENVIRONMENT: environment, FALCONRY_DESCRIPTOR_DIGEST: descriptor.digest };
    const args: aws.lambda.FunctionArgs = {
      name: functionName,
      description: "The registry's API, and the driver of what is in flight",
      packageType: "Image",
      imageUri: image,
      role: role.arn,
      timeout: TIMEOUT_SECONDS,
      memorySize: MEMORY_MB,
      environment: { variables },
    };
    return new aws.lambda.Function(this.#name, transform?.function?.(args, this.#name) ?? args, {
      parent: this,
      dependsOn: [log, descriptor],
    });
  }

  #log(name: string): aws.cloudwatch.LogGroup {
    const log = new aws.cloudwatch.LogGroup(this.#name, { name, retentionInDays: LOG_RETENTION_DAYS }, { parent: this });
    const policy = allow([{ actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [pulumi.interpolate`${log.arn}:*`] }]);
    new aws.iam.RolePolicy(this.#name, { role: this.#args.role.name, policy }, { parent: log });
    return log;
  }

  #schedule(handler: aws.lambda.Function): void {
    const rule = new aws.cloudwatch.EventRule(
      this.#name,
      { description: "Carries on what is in flight", scheduleExpression: "rate(1 minute)" },
      { parent: handler },
    );
    const inRule = { parent: rule };
    new aws.cloudwatch.EventTarget(this.#name, { rule: rule.name, arn: handler.arn }, inRule);
    new aws.lambda.Permission(
      `${this.#name}-schedule`,
      { action: "lambda:InvokeFunction", function: handler.name, principal: "events.amazonaws.com", sourceArn: rule.arn },
      inRule,
    );
    // What failed is not repeated: the next minute begins anew.
    const asynchronous = { functionName: handler.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: TIMEOUT_SECONDS };
    new aws.lambda.FunctionEventInvokeConfig(this.#name, asynchronous, { parent: handler });
  }
}
