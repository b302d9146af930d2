import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./transform.ts";

export interface NotificationsArgs {
  /** The key that encrypts messages: the audit trail's, for they tell the same. */
  key: aws.kms.Key;
  transform?: Transform<{ topic: aws.sns.TopicArgs }>;
}

/** The topic that every change of state of a promotion is told to. Who wants to hear of it subscribes. */
export class Notifications extends pulumi.ComponentResource {
  readonly promotions: aws.sns.Topic;

  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:notifications:Notifications", name, {}, opts);
    const topic: aws.sns.TopicArgs = { kmsMasterKeyId: args.key.arn };
    this.promotions = new aws.sns.Topic("promotions", args.transform?.topic?.(topic, "promotions") ?? topic, { parent: this });
    this.registerOutputs({ promotions: this.promotions.arn });
  }

  /** Nobody else may publish, whatever their own policies grant, and nobody without TLS. */
  publishedOnlyBy(role: aws.iam.Role): void {
    const deny = { Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: this.promotions.arn };
    const policy = pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        { Sid: "TlsOnly", ...deny, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        { Sid: "RegistryOnly", ...deny, Condition: { ArnNotEquals: { "aws:PrincipalArn": role.arn } } },
      ],
    });
    new aws.sns.TopicPolicy("promotions", { arn: this.promotions.arn, policy }, { parent: this.promotions });
  }
}
