import * as aws from "@pulumi/aws";
import { expect, test } from "vitest";
import { declared, ofType, statements } from "./declared.fixture.ts";
import { Keys } from "./keys.ts";
import { Notifications } from "./notifications.ts";

test("messages are encrypted with the audit trail's key, and only the registry's role may publish, over TLS", async () => {
  const all = await declared(() => {
    const notifications = new Notifications("notifications", { key: new Keys("keys", { environment: "dev" }).ledger });
    notifications.publishedOnlyBy(new aws.iam.Role("registry", { assumeRolePolicy: "{}" }));
  });
  const [topic] = ofType(all, "Topic");
  expect(topic?.inputs.kmsMasterKeyId).toBe("arn:aws:kms:eu-central-1:123456789012:key/ledger");
  const [policy] = ofType(all, "TopicPolicy");
  const everybody = {
    Effect: "Deny",
    Principal: "*",
    Action: "sns:Publish",
    Resource: "arn:aws:sns:eu-central-1:123456789012:topic/promotions",
  };
  const registry = "arn:aws:iam:eu-central-1:123456789012:role/registry";
  expect(statements(policy)).toEqual([
    { Sid: "TlsOnly", ...everybody, Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { Sid: "RegistryOnly", ...everybody, Condition: { ArnNotEquals: { "aws:PrincipalArn": registry } } },
  ]);
});
