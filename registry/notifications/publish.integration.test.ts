import { randomUUID } from "node:crypto";
import { SubscribeCommand, UnsubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type Environment, localCredentials, openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PromotionEvent } from "../promotion/events.ts";
import { notificationSchema } from "./notification.ts";
import { publish } from "./publish.ts";

const workload = `told-${randomUUID()}`;
let environment: Environment;
let sqs: SQSClient;
let queue: string | undefined;
let subscription: string | undefined;

/** Subscribes as an on-call team would: to what goes live of one workload, and to what is given up. */
beforeAll(async () => {
  environment = await openEnvironment("local");
  const { region, services, topics } = environment.descriptor;
  sqs = new SQSClient({ region, endpoint: services.awsEndpointUrl, credentials: localCredentials });
  ({ QueueUrl: queue } = await sqs.send(new CreateQueueCommand({ QueueName: workload })));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ["QueueArn"] }));
  ({ SubscriptionArn: subscription } = await environment.sns.send(
    new SubscribeCommand({
      TopicArn: topics.promotions,
      Protocol: "sqs",
      Endpoint: Attributes?.QueueArn,
      ReturnSubscriptionArn: true,
      Attributes: { FilterPolicy: JSON.stringify({ workload: [workload], state: ["live", "rolling-back"] }), RawMessageDelivery: "true" },
    }),
  ));
});
afterAll(async () => {
  await environment.sns.send(new UnsubscribeCommand({ SubscriptionArn: subscription }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl: queue }));
  sqs.destroy();
  environment[Symbol.dispose]();
});

async function received(count: number): Promise<Message[]> {
  const messages: Message[] = [];
  while (messages.length < count) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 5, MessageAttributeNames: ["All"] }),
    );
    if (Messages.length === 0) throw new Error(`${messages.length} of ${count} messages came`);
    messages.push(...Messages);
  }
  return messages;
}

test("a subscriber is told of what its filter names, by the schema", async () => {
  const stamp = { previous: "0".repeat(64), time: "2026-11-21T09:12:04.000Z", actor: "grace", promotion: `${workload}-1` };
  const told: [PromotionEvent, string][] = [
    [{ ...stamp, sequence: 4, type: "approved", reason: "better" }, "approved"],
    [{ ...stamp, sequence: 9, type: "live", version: 3, config: "falcon-v3", probes: 6 }, "live"],
    [{ ...stamp, sequence: 12, type: "giving-up", by: "person", reason: "recall fell" }, "rolling-back"],
  ];
  for (const [event, state] of told) await publish(environment, { name: "local-told" }, workload, event, { state, version: 3 });

  const messages = (await received(2)).map(({ Body = "" }) => notificationSchema.parse(JSON.parse(Body)));
  expect(messages.sort((one, other) => one.sequence - other.sequence)).toMatchObject([
    { sequence: 9, workload, endpoint: "local-told", type: "live", version: 3, state: "live" },
    { sequence: 12, type: "giving-up", reason: "recall fell", state: "rolling-back" },
  ]);
});
