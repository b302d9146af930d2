import * as aws from "@pulumi/aws";
import { expect, test } from "vitest";
import { declared, ofType, statements } from "./declared.fixture.ts";
import { Keys } from "./keys.ts";
import { Ledger } from "./ledger.ts";

test("the ledger orders events by endpoint and sequence, encrypted, restorable, and guarded against deletion", async () => {
  const all = await declared(() => new Ledger("ledger", { key: new Keys("keys", { environment: "dev" }).ledger }));
  expect(ofType(all, "Table").map(({ inputs }) => inputs)).toEqual([
    {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "endpoint",
      rangeKey: "sequence",
      attributes: [
        { name: "endpoint", type: "S" },
        { name: "sequence", type: "N" },
      ],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/ledger" },
      deletionProtectionEnabled: true,
    },
  ]);
});

test("the table refuses a write by anybody but the registry's role, and a deletion by everybody", async () => {
  const all = await declared(() => {
    const ledger = new Ledger("ledger", { key: new Keys("keys", { environment: "dev" }).ledger });
    ledger.writtenOnlyBy(new aws.iam.Role("registry", { assumeRolePolicy: "{}" }));
  });
  const [policy] = ofType(all, "ResourcePolicy");
  const everybody = { Effect: "Deny", Principal: "*", Resource: "arn:aws:dynamodb:eu-central-1:123456789012:table/ledger" };
  expect(policy?.inputs.resourceArn).toBe(everybody.Resource);
  expect(statements(policy)).toEqual([
    {
      Sid: "RegistryOnly",
      ...everybody,
      Action: ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"],
      Condition: { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam:eu-central-1:123456789012:role/registry" } },
    },
    {
      Sid: "AppendOnly",
      ...everybody,
      Action: ["dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:PartiQLDelete", "dynamodb:UpdateTimeToLive"],
    },
  ]);
});
