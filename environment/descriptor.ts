import { z } from "zod";
import { FalconryError } from "./error.ts";

const bucket = z.string().min(3).max(63);
const arn = z.string().startsWith("arn:");
/** Tokens go there, or trust comes from there: nothing in between may read or answer. */
const safeUrl = z.url({ protocol: /^https?$/ }).refine(isSafe, "it must be https, or on this machine");

const endpointSettings = z.object({
  /** The SageMaker endpoint's name. */
  name: z.string(),
  /** The endpoint's one production variant, the same in every configuration (D3). */
  variant: z.literal("live"),
  instanceType: z.string(),
  /** At least two: the canary is a share of instances. */
  instanceCount: z.number().int().min(2),
  /** The configuration that infrastructure created the endpoint with; never a rollback target. */
  bootstrapConfig: z.string(),
  /** Names of the two CloudWatch alarms that hold a canary (D4); what they watch stands in model/rollout-metrics.ts. */
  alarms: z.object({ silent: z.string(), unhealthy: z.string() }),
  /** What a promotion is held to: the workload's metric, gates and rollout as infrastructure was applied; model/promotion-settings.ts has its schema. */
  promotion: z.record(z.string(), z.unknown()),
});

/** What an environment offers: the only contract between infrastructure and code (D1). */
export const descriptorSchema = z.object({
  environment: z.string().regex(/^[a-z][a-z0-9-]{0,30}$/),
  region: z.string(),
  tracking: z.object({
    uri: z.url(),
    /** How MLflow is told who asks. No secret stands here: trackingAuthentication says where each is taken from. */
    authentication: z.object({ type: z.enum(["none", "basic", "bearer", "sigv4"]) }),
  }),
  /** Buckets of the data lake, one per zone, and the write-once bucket of the ledger's witnesses. */
  lake: z.object({ raw: bucket, clean: bucket, features: bucket, artifacts: bucket, models: bucket, audit: bucket }),
  tables: z.object({ ledger: z.string() }),
  keys: z.object({ lake: arn, ledger: arn }),
  roles: z.object({ inference: arn, training: arn, registry: arn }),
  images: z.object({ inference: z.string() }),
  /** SNS topic that every change of state of a promotion is told to. */
  topics: z.object({ promotions: arn }),
  /** Who vouches for people: a Cognito user pool. */
  identity: z.object({
    userPool: z.string(),
    /** The command line's app client, which has no secret. */
    client: z.string(),
    /** `iss` of the pool's tokens. */
    issuer: z.url(),
    /** Where the keys stand that its tokens are signed with. */
    keysUrl: safeUrl,
  }),
  /** The only way to change what serves: the registry's API. */
  controlPlane: z.object({ url: safeUrl }),
  /** Endpoint of each workload, by the workload's name. */
  endpoints: z.record(z.string(), endpointSettings),
  /** Where services answer when it is not AWS's own address. */
  services: z.object({ awsEndpointUrl: z.url().optional(), sagemakerEndpointUrl: z.url().optional() }),
});

export type Descriptor = z.infer<typeof descriptorSchema>;
export type EndpointSettings = z.infer<typeof endpointSettings>;

/** The SSM parameter that holds the descriptor of an environment. */
export function descriptorParameter(environment: string): string {
  return `/falconry/${environment}/descriptor`;
}

/**
 * The endpoint of a workload in an environment.
 *
 * @throws FalconryError `environment.no-endpoint` – the workload is newer than the environment
 */
export function endpointOf(descriptor: Pick<Descriptor, "environment" | "endpoints">, workload: string): EndpointSettings {
  // Anybody may ask for "constructor", which every object answers to.
  const endpoint = Object.hasOwn(descriptor.endpoints, workload) ? descriptor.endpoints[workload] : undefined;
  if (endpoint !== undefined) return endpoint;
  throw new FalconryError("environment.no-endpoint", {
    message: `environment "${descriptor.environment}" has no endpoint for workload "${workload}"`,
    hint: descriptor.environment === "local" ? "Run: falconry local up" : `Run: pulumi up --stack ${descriptor.environment}`,
  });
}

function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
