import { bootstrapEnvironment, bootstrapPackage } from "@falconry/serving/bootstrap/bootstrap-package.ts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface BootstrapModelArgs {
  /** Name of the environment: part of the model's name. */
  environment: string;
  /** Bucket of the model packages. */
  models: aws.s3.Bucket;
  /** Role of the containers. */
  role: aws.iam.Role;
  /** Image of the inference container. */
  image: string;
}

/**
 * The constant model that an endpoint is created with (D3). A newer Falconry brings another package; the model keeps the one that it was made with, and nothing
 * that a live endpoint may read is ever taken away.
 */
export class BootstrapModel extends pulumi.ComponentResource {
  /** Name of the SageMaker model; known once the package is uploaded. */
  readonly modelName: pulumi.Output<string>;

  constructor(name: string, args: BootstrapModelArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:endpoint:BootstrapModel", name, {}, opts);
    const { digest, files } = bootstrapPackage();
    const uploaded = Object.entries(files).map(
      ([file, content]) =>
        new aws.s3.BucketObjectv2(
          `${digest}/${file}`,
          { bucket: args.models.bucket, key: `${digest}/${file}`, contentBase64: Buffer.from(content).toString("base64") },
          { parent: this, retainOnDelete: true },
        ),
    );
    const model = new aws.sagemaker.Model(
      name,
      {
        name: bootstrapModelName(args.environment),
        executionRoleArn: args.role.arn,
        enableNetworkIsolation: true,
        primaryContainer: {
          image: args.image,
          environment: bootstrapEnvironment,
          modelDataSource: {
            s3DataSources: [
              { s3Uri: pulumi.interpolate`s3://${args.models.bucket}/${digest}/`, s3DataType: "S3Prefix", compressionType: "None" },
            ],
          },
        },
      },
      { parent: this, dependsOn: uploaded, ignoreChanges: ["primaryContainer"] },
    );
    this.modelName = model.name;
    this.registerOutputs({ modelName: this.modelName });
  }
}

/** Name of an environment's bootstrap model: the role that may look at it is granted it before it stands. */
export function bootstrapModelName(environment: string): string {
  return `${environment}-bootstrap`;
}
