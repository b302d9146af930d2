import { z } from "zod";
import { tags } from "./model-request.ts";
import { resourceName } from "./operation.ts";

/** Members of a production variant that are emulated. Instance type and volume are kept and described: the machine is the one at hand. */
export const productionVariant = z.strictObject({
  VariantName: resourceName,
  ModelName: resourceName,
  InitialInstanceCount: z.number().int().min(1).max(16),
  InstanceType: z.string().regex(/^ml\.[a-z0-9-]+\.[a-z0-9]+$/),
  InitialVariantWeight: z.number().nonnegative().optional(),
  VolumeSizeInGB: z.number().int().min(1).max(512).optional(),
  ModelDataDownloadTimeoutInSeconds: z.number().int().min(60).max(3600).optional(),
  /** How long a new container may take until it answers /ping with 200. */
  ContainerStartupHealthCheckTimeoutInSeconds: z.number().int().min(60).max(3600).optional(),
});

/** Members of CreateEndpointConfig that are emulated. A KMS key is kept and described: nothing is stored on volumes here. */
export const endpointConfigRequest = z.strictObject({
  EndpointConfigName: resourceName,
  ProductionVariants: z.array(productionVariant).min(1).max(10),
  KmsKeyId: z.string().max(2048).optional(),
  ExecutionRoleArn: z.string().optional(),
  Tags: tags.optional(),
});
