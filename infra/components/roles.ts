import { descriptorParameter } from "@falconry/environment/descriptor.ts";
import { rolloutNamespace } from "@falconry/model/rollout-metrics.ts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AccountScope, scopeOf } from "./account-scope.ts";
import { bootstrapModelName } from "./bootstrap-model.ts";
import { decryptWith, encryptWith, readBuckets, writeBuckets } from "./bucket-grants.ts";
import { alarmNames } from "./canary-alarms.ts";
import type { Keys } from "./keys.ts";
import type { Lake } from "./lake.ts";
import type { Ledger } from "./ledger.ts";
import type { Notifications } from "./notifications.ts";
import { allow, type Grant, trust } from "./policy.ts";
import type { Transform } from "./transform.ts";

export interface RolesArgs {
  /** Name of the environment: where its descriptor stands. */
  environment: string;
  keys: Keys;
  lake: Lake;
  ledger: Ledger;
  notifications: Notifications;
  /** Names of the environment's SageMaker endpoints; their models and configurations are named `<endpoint>-…`. */
  endpoints: string[];
  /** Image of the inference container; one in ECR may be pulled. */
  inferenceImage: string;
  /**
   * Name of the one function that may write with the registry's role.
   * @default any: the control plane is no function of this stack
   */
  controlPlaneFunction?: string;
  transform?: Transform<{ role: aws.iam.RoleArgs; policy: aws.iam.RolePolicyArgs }>;
}

/** Who may do what: each role reaches exactly the resources that its work needs. */
export class Roles extends pulumi.ComponentResource {
  /** Taken on by an endpoint's containers, and by SageMaker for them: reads models, writes logs, looks at alarms so that it can roll a canary back. */
  readonly inference: aws.iam.Role;
  /** Taken on by training: reads the lake, writes features and artifacts. */
  readonly training: aws.iam.Role;
  /** Taken on by the control plane and nobody else: writes models, the ledger and the live configuration. Deletes nothing. */
  readonly registry: aws.iam.Role;
  readonly #args: RolesArgs;
  readonly #scope: pulumi.Output<AccountScope>;

  constructor(name: string, args: RolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:roles:Roles", name, {}, opts);
    this.#args = args;
    this.#scope = args.keys.lake.arn.apply(scopeOf);
    // SageMaker at work for another account is not ours.
    const sagemaker = trust(
      { Service: "sagemaker.amazonaws.com" },
      { StringEquals: { "aws:SourceAccount": this.#scope.apply(({ account }) => account) } },
    );
    this.inference = this.#role("inference", "Serves models", sagemaker, this.#inferenceGrants());
    this.training = this.#role("training", "Trains models", sagemaker, this.#trainingGrants());
    this.registry = this.#role("registry", "Promotes models", trust({ Service: "lambda.amazonaws.com" }), this.#registryGrants());
    this.registerOutputs({ inference: this.inference.arn, training: this.training.arn, registry: this.registry.arn });
  }

  #role(name: string, description: string, assumeRolePolicy: pulumi.Output<string>, grants: Grant[]): aws.iam.Role {
    const { transform } = this.#args;
    const args: aws.iam.RoleArgs = { description, assumeRolePolicy };
    const role = new aws.iam.Role(name, transform?.role?.(args, name) ?? args, { parent: this });
    const policy: aws.iam.RolePolicyArgs = { role: role.name, policy: allow(grants) };
    new aws.iam.RolePolicy(name, transform?.policy?.(policy, name) ?? policy, { parent: role });
    return role;
  }

  #inferenceGrants(): Grant[] {
    const { keys, lake, endpoints, inferenceImage } = this.#args;
    const logs = endpoints.map((endpoint) => this.#arn("logs", `log-group:/aws/sagemaker/Endpoints/${endpoint}*`));
    return [
      ...readBuckets(lake.models),
      decryptWith(keys.lake),
      { actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], resources: logs },
      this.#seeAlarms(),
      // SageMaker's own figures of an instance. The rollout's namespace is the registry's: a container can fake no heartbeat.
      {
        actions: ["cloudwatch:PutMetricData"],
        resources: ["*"],
        condition: { StringLike: { "cloudwatch:namespace": "*aws/sagemaker/*" } },
      },
      ...pullImage(inferenceImage),
    ];
  }

  #trainingGrants(): Grant[] {
    const { keys, lake } = this.#args;
    return [
      ...readBuckets(lake.raw, lake.clean, lake.features, lake.artifacts),
      ...writeBuckets(lake.features, lake.artifacts),
      encryptWith(keys.lake),
      this.#readDescriptor(),
    ];
  }

  #registryGrants(): Grant[] {
    const { environment, keys, lake, ledger, notifications, endpoints } = this.#args;
    const arns = (kind: string, suffix: string) => endpoints.map((endpoint) => this.#arn("sagemaker", `${kind}/${endpoint}${suffix}`));
    const alarms = endpoints.map(alarmNames).flatMap(({ silent, unhealthy }) => [silent, unhealthy]);
    const endpoint = arns("endpoint", "");
    const configurations = arns("endpoint-config", "-*");
    const models = arns("model", "-*");
    const only = this.#onlyFromTheControlPlane();
    return [
      ...readBuckets(lake.clean, lake.features, lake.artifacts, lake.models, lake.audit),
      ...writeBuckets(lake.models, lake.audit),
      encryptWith(keys.lake, keys.ledger),
      // A transaction needs the right to each of its writes. There is no right to delete: the ledger only grows.
      {
        actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        resources: [ledger.table.arn],
        ...only,
      },
      { actions: ["sagemaker:CreateModel", "sagemaker:DescribeModel"], resources: models, ...only },
      { actions: ["sagemaker:DescribeModel"], resources: [this.#arn("sagemaker", `model/${bootstrapModelName(environment)}`)] },
      {
        actions: ["sagemaker:CreateEndpointConfig", "sagemaker:DescribeEndpointConfig"],
        resources: [...configurations, ...models],
        ...only,
      },
      { actions: ["sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"], resources: endpoint },
      { actions: ["sagemaker:UpdateEndpoint"], resources: [...endpoint, ...configurations], ...only },
      { actions: ["sagemaker:AddTags", "sagemaker:ListTags"], resources: [...endpoint, ...configurations, ...models] },
      {
        actions: ["iam:PassRole"],
        resources: [this.inference.arn],
        condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
      },
      this.#seeAlarms(),
      { actions: ["cloudwatch:SetAlarmState"], resources: alarms.map((alarm) => this.#arn("cloudwatch", `alarm:${alarm}`)), ...only },
      // CloudWatch knows no resource of metrics; what is written is held to the namespace.
      {
        actions: ["cloudwatch:PutMetricData"],
        resources: ["*"],
        condition: { StringEquals: { "cloudwatch:namespace": rolloutNamespace }, ...only.condition },
      },
      { actions: ["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], resources: ["*"] },
      { actions: ["sns:Publish"], resources: [notifications.promotions.arn], ...only },
      this.#readDescriptor(),
    ];
  }

  /** Another function that is given the registry's role can write nothing with it. AWS takes this condition in a role's own policy, and in no resource's. */
  #onlyFromTheControlPlane(): Pick<Grant, "condition"> {
    const { controlPlaneFunction } = this.#args;
    if (controlPlaneFunction === undefined) return {};
    return { condition: { ArnEquals: { "lambda:SourceFunctionArn": this.#arn("lambda", `function:${controlPlaneFunction}`) } } };
  }

  /** Of this account and region, all: AWS's refusals name `alarm:*` as what is asked for. */
  #seeAlarms(): Grant {
    return { actions: ["cloudwatch:DescribeAlarms"], resources: [this.#arn("cloudwatch", "alarm:*")] };
  }

  #readDescriptor(): Grant {
    return { actions: ["ssm:GetParameter"], resources: [this.#arn("ssm", `parameter${descriptorParameter(this.#args.environment)}`)] };
  }

  #arn(service: string, resource: string): pulumi.Output<string> {
    return this.#scope.apply(({ partition, region, account }) => `arn:${partition}:${service}:${region}:${account}:${resource}`);
  }
}

const ecrImage = /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.(?<domain>amazonaws\.com(?:\.cn)?)\/(?<repository>[^:@]+)/;

/** The right to pull an image that lies in ECR; any other image needs none. */
function pullImage(image: string): Grant[] {
  const found = ecrImage.exec(image)?.groups;
  if (found === undefined) return [];
  const { account, region, domain, repository } = found;
  const partition = domain?.endsWith(".cn") ? "aws-cn" : "aws";
  return [
    {
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: [`arn:${partition}:ecr:${region}:${account}:repository/${repository}`],
    },
    // A token is for the whole registry: AWS knows no narrower resource.
    { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
  ];
}
