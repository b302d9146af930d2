import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { scopeOf } from "./account-scope.ts";
import { decryptWith, encryptWith, readBuckets, writeBuckets } from "./bucket-grants.ts";
import type { Keys } from "./keys.ts";
import type { Lake } from "./lake.ts";
import type { Ledger } from "./ledger.ts";
import { allow, type Grant, trust } from "./policy.ts";
import type { Transform } from "./transform.ts";

export interface RolesArgs {
  keys: Keys;
  lake: Lake;
  ledger: Ledger;
  /** Names of the environment's SageMaker endpoints; their models and configurations are named `<endpoint>-…`. */
  endpoints: string[];
  /** Image of the inference container; one in ECR may be pulled. */
  inferenceImage: string;
  transform?: Transform<{ role: aws.iam.RoleArgs; policy: aws.iam.RolePolicyArgs }>;
}

/** Who may do what: each role reaches exactly the resources that its work needs. */
export class Roles extends pulumi.ComponentResource {
  /** Taken on by an endpoint's containers: reads models, nothing else. */
  readonly inference: aws.iam.Role;
  /** Taken on by training: reads the lake, writes features and artifacts. */
  readonly training: aws.iam.Role;
  /** Taken on by promotion: writes models, the ledger and the live configuration. Deletes nothing. */
  readonly registry: aws.iam.Role;
  readonly #args: RolesArgs;

  constructor(name: string, args: RolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:roles:Roles", name, {}, opts);
    this.#args = args;
    const scope = args.keys.lake.arn.apply(scopeOf);
    const owners = scope.apply(({ partition, account }) => `arn:${partition}:iam::${account}:root`);
    const sagemaker = { Service: "sagemaker.amazonaws.com" };
    this.inference = this.#role("inference", "Serves models", sagemaker, this.#inferenceGrants(scope));
    this.training = this.#role("training", "Trains models", sagemaker, this.#trainingGrants());
    this.registry = this.#role(
      "registry",
      "Promotes models",
      { Service: "lambda.amazonaws.com", AWS: owners },
      this.#registryGrants(scope),
    );
    this.registerOutputs({ inference: this.inference.arn, training: this.training.arn, registry: this.registry.arn });
  }

  #role(name: string, description: string, principal: Record<string, pulumi.Input<string>>, grants: Grant[]): aws.iam.Role {
    const { transform } = this.#args;
    const args: aws.iam.RoleArgs = { description, assumeRolePolicy: trust(principal) };
    const role = new aws.iam.Role(name, transform?.role?.(args, name) ?? args, { parent: this });
    const policy: aws.iam.RolePolicyArgs = { role: role.name, policy: allow(grants) };
    new aws.iam.RolePolicy(name, transform?.policy?.(policy, name) ?? policy, { parent: role });
    return role;
  }

  #inferenceGrants(scope: pulumi.Output<ReturnType<typeof scopeOf>>): Grant[] {
    const { keys, lake, endpoints, inferenceImage } = this.#args;
    const logs = endpoints.map((endpoint) =>
      scope.apply(
        ({ partition, region, account }) => `arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/Endpoints/${endpoint}*`,
      ),
    );
    return [
      ...readBuckets(lake.models),
      decryptWith(keys.lake),
      { actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], resources: logs },
      ...pullImage(inferenceImage),
    ];
  }

  #trainingGrants(): Grant[] {
    const { keys, lake } = this.#args;
    return [
      ...readBuckets(lake.raw, lake.clean, lake.features, lake.artifacts),
      ...writeBuckets(lake.features, lake.artifacts),
      encryptWith(keys.lake),
    ];
  }

  #registryGrants(scope: pulumi.Output<ReturnType<typeof scopeOf>>): Grant[] {
    const { keys, lake, ledger, endpoints } = this.#args;
    const arns = (kind: string, suffix: string) =>
      endpoints.map((endpoint) =>
        scope.apply(({ partition, region, account }) => `arn:${partition}:sagemaker:${region}:${account}:${kind}/${endpoint}${suffix}`),
      );
    const endpoint = arns("endpoint", "");
    const configurations = arns("endpoint-config", "-*");
    const models = arns("model", "-*");
    return [
      ...readBuckets(lake.clean, lake.features, lake.artifacts, lake.models, lake.audit),
      ...writeBuckets(lake.models, lake.audit),
      encryptWith(keys.lake, keys.ledger),
      // A transaction needs the right to each of its writes. There is no right to delete: the ledger only grows.
      { actions: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"], resources: [ledger.table.arn] },
      { actions: ["sagemaker:CreateModel", "sagemaker:DescribeModel"], resources: models },
      { actions: ["sagemaker:CreateEndpointConfig", "sagemaker:DescribeEndpointConfig"], resources: [...configurations, ...models] },
      { actions: ["sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"], resources: endpoint },
      { actions: ["sagemaker:UpdateEndpoint"], resources: [...endpoint, ...configurations] },
      { actions: ["sagemaker:AddTags", "sagemaker:ListTags"], resources: [...endpoint, ...configurations, ...models] },
      {
        actions: ["iam:PassRole"],
        resources: [this.inference.arn],
        condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
      },
    ];
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
      actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: [`arn:${partition}:ecr:${region}:${account}:repository/${repository}`],
    },
    // A token is for the whole registry: AWS knows no narrower resource.
    { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
  ];
}
