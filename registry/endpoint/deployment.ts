import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import { z } from "zod";

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A model version with everything that its answers will name, and the package of exactly the bytes that passed the gates. */
export const candidateSchema = z.strictObject({
  version: z.number().int().positive(),
  run: z.string(),
  /** Digest of the dataset version. */
  dataset: digest,
  /** Digest of the feature set. */
  features: digest,
  /** Digest of the model package. */
  package: digest,
});

/** A candidate under the names that SageMaker knows it by. */
export const deploymentSchema = candidateSchema.extend({
  /** Name of the SageMaker model. */
  model: z.string(),
  /** Name of the endpoint configuration. */
  config: z.string(),
});

export type Candidate = z.infer<typeof candidateSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;

/** SageMaker's limit for the names of models and endpoint configurations. */
const maxNameLength = 63;
const shownHashDigits = 8;

/**
 * The same promotion always gets the same names, so that a create that was repeated after a crash finds its own work; another content gets
 * other names.
 */
export function deploymentOf(candidate: Candidate, promotion: string, { name }: EndpointSettings): Deployment {
  const hash = sha256(canonicalJson({ candidate, promotion, endpoint: name })).slice(0, shownHashDigits);
  const ending = `-v${candidate.version}-${promotion.slice(promotion.lastIndexOf("-") + 1)}-${hash}`;
  const unique = `${name.slice(0, maxNameLength - ending.length)}${ending}`;
  return { ...candidate, model: unique, config: unique };
}
