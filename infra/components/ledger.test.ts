import { expect, test } from "vitest";
import { declared, ofType } from "./declared.fixture.ts";
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
