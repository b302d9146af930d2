import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./transform.ts";

/** Days in which a key whose deletion was ordered can be saved: the most that AWS gives. */
const DELETION_WINDOW_DAYS = 30;

export interface KeysArgs {
  /** Name of the environment: part of each key's alias. */
  environment: string;
  transform?: Transform<{ key: aws.kms.KeyArgs }>;
}

/** The environment's own keys, rotated every year: one for the lake, one for the audit trail, so that reading data never means reading the ledger. */
export class Keys extends pulumi.ComponentResource {
  readonly lake: aws.kms.Key;
  readonly ledger: aws.kms.Key;
  readonly #args: KeysArgs;

  constructor(name: string, args: KeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:keys:Keys", name, {}, opts);
    this.#args = args;
    this.lake = this.#key("lake", "Encrypts the data lake and the models");
    this.ledger = this.#key("ledger", "Encrypts the ledger and its witnesses");
    this.registerOutputs({ lake: this.lake.arn, ledger: this.ledger.arn });
  }

  #key(name: string, description: string): aws.kms.Key {
    const { environment, transform } = this.#args;
    const args: aws.kms.KeyArgs = { description, enableKeyRotation: true, deletionWindowInDays: DELETION_WINDOW_DAYS };
    const key = new aws.kms.Key(name, transform?.key?.(args, name) ?? args, { parent: this });
    new aws.kms.Alias(name, { name: `alias/falconry/${environment}/${name}`, targetKeyId: key.keyId }, { parent: key });
    return key;
  }
}
