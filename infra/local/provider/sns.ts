import { CreateTopicCommand, DeleteTopicCommand, GetTopicAttributesCommand, SetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { z } from "zod";
import type { EmulatorClients } from "./clients.ts";
import { stands } from "./missing.ts";
import { resourceType } from "./resource-type.ts";

/** A topic's policy is never absent: AWS's own, which has this id, stands until another is set. */
const ownPolicyId = "__default_policy_ID";

/** Its id is its ARN. The emulator keeps the key's name and encrypts nothing. */
export const snsTopic = resourceType({
  token: "aws:sns/topic:Topic",
  inputs: z.strictObject({ name: z.string().optional(), kmsMasterKeyId: z.string().optional() }),
  replaceOn: ["name"],
  async create({ name, kmsMasterKeyId = "" }, { clients: { sns }, automaticName }) {
    const Name = name ?? automaticName;
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name }));
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "KmsMasterKeyId", AttributeValue: kmsMasterKeyId }));
    return { id: TopicArn ?? "", outputs: { name: Name, arn: TopicArn } };
  },
  read: (id, { sns }) => stands(sns.send(new GetTopicAttributesCommand({ TopicArn: id })), "NotFoundException"),
  async delete(id, { sns }) {
    await sns.send(new DeleteTopicCommand({ TopicArn: id }));
  },
});

/** Its id is the topic's ARN. The emulator keeps the policy and enforces none. */
export const snsTopicPolicy = resourceType({
  token: "aws:sns/topicPolicy:TopicPolicy",
  inputs: z.strictObject({ arn: z.string(), policy: z.string() }),
  replaceOn: ["arn"],
  async create({ arn, policy }, { clients }) {
    await setPolicy(arn, policy, clients);
    return { id: arn, outputs: {} };
  },
  async read(id, { sns }) {
    const look = sns.send(new GetTopicAttributesCommand({ TopicArn: id }));
    return (await stands(look, "NotFoundException")) && !(await look).Attributes?.Policy?.includes(ownPolicyId);
  },
  delete: (id, clients) => setPolicy(id, JSON.stringify({ Version: "2008-10-17", Id: ownPolicyId, Statement: [] }), clients),
});

async function setPolicy(TopicArn: string, policy: string, { sns }: EmulatorClients): Promise<void> {
  await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue: policy }));
}
