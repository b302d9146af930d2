import { z } from "zod";
import { resourceName } from "./operation.ts";

export const tags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(50);

const s3Uri = z
  .string()
  .max(1024)
  .regex(/^(https|s3):\/\/([^/]+)\/?(.*)$/);

const s3DataSource = z.strictObject({
  S3Uri: s3Uri,
  S3DataType: z.enum(["S3Prefix", "S3Object"]),
  CompressionType: z.enum(["None", "Gzip"]),
});

/** One container of a model: image, where its model data lies, environment variables. */
const containerDefinition = z.strictObject({
  Image: z.string().min(1).max(255),
  /** A .tar.gz that is unpacked into /opt/ml/model. */
  ModelDataUrl: s3Uri.optional(),
  ModelDataSource: z.strictObject({ S3DataSource: s3DataSource }).optional(),
  Environment: z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/), z.string().max(1024)).optional(),
  Mode: z.literal("SingleModel").optional(),
  ContainerHostname: z.string().max(63).optional(),
});

/** Members of CreateModel that are emulated. VpcConfig and network isolation are kept and described; one machine has no such walls. */
export const modelRequest = z.strictObject({
  ModelName: resourceName,
  PrimaryContainer: containerDefinition,
  ExecutionRoleArn: z
    .string()
    .max(2048)
    .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/),
  EnableNetworkIsolation: z.boolean().optional(),
  VpcConfig: z
    .strictObject({ SecurityGroupIds: z.array(z.string()).min(1).max(5), Subnets: z.array(z.string()).min(1).max(16) })
    .optional(),
  Tags: tags.optional(),
});

export type ContainerDefinition = z.infer<typeof containerDefinition>;
