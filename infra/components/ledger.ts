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

  /** Nobody else may write, whatever their own policies grant; and nobody at all may take an event away. */
  writtenOnlyBy(role: aws.iam.Role): void {
    const deny = { Effect: "Deny", Principal: "*", Resource: this.table.arn };
    const policy = pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "RegistryOnly",
          ...deny,
          Action: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"],
          Condition: { ArnNotEquals: { "aws:PrincipalArn": role.arn } },
        },
        {
          Sid: "AppendOnly",
          ...deny,
          Action: ["dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete", "dynamodb:UpdateTimeToLive"],
        },
      ],
    });
    new aws.dynamodb.ResourcePolicy("ledger", { resourceArn: this.table.arn, policy }, { parent: this.table });
  }
}
