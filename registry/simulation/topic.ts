import { PublishCommand } from "@aws-sdk/client-sns";
import { notificationSchema } from "../notifications/notification.ts";

/** SNS with one topic, as far as notifications ask for it. */
export class Topic {
  /** Sequences of the events that were told, in the order of their first message. */
  readonly told: Set<number>;
  /** Counts the messages. */
  messages = 0;

  constructor(told: Iterable<number> = []) {
    this.told = new Set(told);
  }

  answer(command: object): object {
    if (!(command instanceof PublishCommand)) throw new Error(`the simulated SNS has no ${command.constructor.name}`);
    this.told.add(notificationSchema.parse(JSON.parse(command.input.Message ?? "")).sequence);
    this.messages++;
    return { MessageId: String(this.messages) };
  }
}
