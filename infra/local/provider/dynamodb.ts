import {
  type AttributeDefinition,
  CreateTableCommand,
  DeleteResourcePolicyCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import type { EmulatorClients } from "./clients.ts";
import { stands, unless } from "./missing.ts";
import { resourceType, type Standing } from "./resource-type.ts";

const inputs = z.strictObject({
  name: z.string().optional(),
  billingMode: z.literal("PAY_PER_REQUEST"),
  hashKey: z.string(),
  rangeKey: z.string().optional(),
  attributes: z.array(z.strictObject({ name: z.string(), type: z.enum(["S", "N", "B"]) })),
  pointInTimeRecovery: z.strictObject({ enabled: z.boolean() }).optional(),
  serverSideEncryption: z.strictObject({ enabled: z.boolean(), kmsKeyArn: z.string().optional() }).optional(),
  deletionProtectionEnabled: z.boolean().optional(),
});

type TableInputs = z.infer<typeof inputs>;

export const dynamodbTable = resourceType({
  token: "aws:dynamodb/table:Table",
  inputs,
  replaceOn: ["name", "hashKey", "rangeKey", "attributes"],
  async create(table, { clients, automaticName }) {
    const name = table.name ?? automaticName;
    const create = new CreateTableCommand({
      TableName: name,
      BillingMode: table.billingMode,
      AttributeDefinitions: table.attributes.map(({ name, type }): AttributeDefinition => ({ AttributeName: name, AttributeType: type })),
      KeySchema: [
        { AttributeName: table.hashKey, KeyType: "HASH" },
        ...(table.rangeKey ? [{ AttributeName: table.rangeKey, KeyType: "RANGE" as const }] : []),
      ],
      SSESpecification: encryption(table),
      DeletionProtectionEnabled: table.deletionProtectionEnabled,
    });
    await unless(clients.dynamodb.send(create), "ResourceInUseException");
    return settle(name, table, clients);
  },
  read: (id, { dynamodb }) => stands(dynamodb.send(new DescribeTableCommand({ TableName: id })), "ResourceNotFoundException"),
  async update(id, table, { clients }) {
    await clients.dynamodb.send(
      new UpdateTableCommand({
        TableName: id,
        SSESpecification: encryption(table),
        DeletionProtectionEnabled: table.deletionProtectionEnabled,
      }),
    );
    return settle(id, table, clients);
  },
  async delete(id, { dynamodb }) {
    await dynamodb.send(new UpdateTableCommand({ TableName: id, DeletionProtectionEnabled: false }));
    await dynamodb.send(new DeleteTableCommand({ TableName: id }));
  },
});

/** Its id is the table's ARN, as the aws provider has it. The emulator keeps the policy and enforces none. */
export const dynamodbResourcePolicy = resourceType({
  token: "aws:dynamodb/resourcePolicy:ResourcePolicy",
  inputs: z.strictObject({ resourceArn: z.string(), policy: z.string() }),
  replaceOn: ["resourceArn"],
  async create({ resourceArn, policy }, { clients: { dynamodb } }) {
    const { RevisionId } = await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn: resourceArn, Policy: policy }));
    return { id: resourceArn, outputs: { revisionId: RevisionId } };
  },
  read: (id, { dynamodb }) =>
    stands(dynamodb.send(new GetResourcePolicyCommand({ ResourceArn: id })), "PolicyNotFoundException", "ResourceNotFoundException"),
  async delete(id, { dynamodb }) {
    await dynamodb.send(new DeleteResourcePolicyCommand({ ResourceArn: id }));
  },
});

/** Waits for the table, then sets what can only be set on one that stands. */
async function settle(name: string, table: TableInputs, { dynamodb }: EmulatorClients): Promise<Standing> {
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30, minDelay: 1 }, { TableName: name });
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({
      TableName: name,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: table.pointInTimeRecovery?.enabled ?? false },
    }),
  );
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
  return { id: name, outputs: { name, arn: Table?.TableArn } };
}

function encryption({ serverSideEncryption }: TableInputs) {
  if (serverSideEncryption === undefined) return undefined;
  return { Enabled: serverSideEncryption.enabled, SSEType: "KMS" as const, KMSMasterKeyId: serverSideEncryption.kmsKeyArn };
}
