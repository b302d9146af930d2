import { PublishCommand } from "@aws-sdk/client-sns";
import type { EndpointSettings } from "@falconry/environment/descriptor.ts";
import type { Environment } from "@falconry/environment/environment.ts";
import type { PromotionEvent } from "../promotion/events.ts";
import { type Notification, notificationOf, type Standing } from "./notification.ts";

/** Tells the environment's topic of an event. Subscribers choose by the message's attributes `workload`, `type` and `state`. */
export async function publish(
  { sns, descriptor }: Environment,
  endpoint: Pick<EndpointSettings, "name">,
  workload: string,
  event: PromotionEvent,
  standing: Standing,
): Promise<void> {
  const about = { environment: descriptor.environment, workload, endpoint: endpoint.name };
  const notification = notificationOf(about, event, standing);
  await sns.send(
    new PublishCommand({
      TopicArn: descriptor.topics.promotions,
      Subject: `Falconry: ${notification.promotion} is ${notification.state}`.slice(0, maxSubjectLength),
      Message: JSON.stringify(notification),
      MessageAttributes: attributes(notification),
    }),
  );
}

/** SNS's limit. */
const maxSubjectLength = 100;

function attributes({ workload, type, state }: Notification) {
  const members = { workload, type, state };
  return Object.fromEntries(Object.entries(members).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]));
}
