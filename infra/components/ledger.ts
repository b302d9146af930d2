import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./transform.ts";

export interface LedgerArgs {
  /** The key that encrypts the ledger. */
  key: aws.kms.Key;
  transform?: Transform<{ table: aws.dynamodb.TableArgs }>;
}

/** The audit trail's table: one append-only sequence of events per endpoint (D5), which can be restored to any second of the last 35 days. */
export class Ledger extends pulumi.ComponentResource {
  readonly table: aws.dynamodb.Table;

  constructor(name: string, args: LedgerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:ledger:Ledger", name, {}, opts);
    const table: aws.dynamodb.TableArgs = {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "endpoint",
      rangeKey: "sequence",
      attributes: [
        { name: "endpoint", type: "S" },
        { name: "sequence", type: "N" },
      ],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: args.key.arn },
      deletionProtectionEnabled: true,
    };
    this.table = new aws.dynamodb.Table(name, args.transform?.table?.(table, name) ?? table, { parent: this });
    this.registerOutputs({ table: this.table.name });
  }
}
