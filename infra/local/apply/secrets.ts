import { createHash } from "node:crypto";
import { canonicalJson } from "@falconry/environment/canonical.ts";
import * as pulumi from "@pulumi/pulumi";
import type { Properties } from "../provider/resource-type.ts";

/** Inputs with their secrets opened, and which of them are secret. */
export interface OpenedInputs {
  inputs: Properties;
  secretKeys: ReadonlySet<string>;
}

/** Pulumi hands a secret over wrapped; a secret anywhere inside an input makes the whole input secret. */
export function openSecrets(wrapped: Properties): OpenedInputs {
  const secretKeys = new Set(Object.keys(wrapped).filter((key) => pulumi.runtime.isRpcSecret(wrapped[key])));
  const opened = Object.entries(wrapped).map(([key, value]) => [key, secretKeys.has(key) ? pulumi.runtime.unwrapRpcSecret(value) : value]);
  return { inputs: Object.fromEntries(opened), secretKeys };
}

/**
 * Inputs as they may be written down: a secret's place is taken by a salted hash, enough to see that it changed.
 *
 * @param salt of the region, so that the same secret in two regions does not look the same
 */
export function sealSecrets({ inputs, secretKeys }: OpenedInputs, salt: string): Properties {
  const seal = (value: unknown) => ({
    secret: createHash("sha256")
      .update(`${salt}:${canonicalJson(value)}`)
      .digest("hex"),
  });
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, secretKeys.has(key) ? seal(value) : value]));
}

/** Marks the values of secret inputs again, so that what is made from them stays secret. */
export function closeSecrets(properties: Properties, secretKeys: ReadonlySet<string>): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, secretKeys.has(key) ? pulumi.secret(value) : value]));
}
