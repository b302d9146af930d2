import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  KeyState,
  ListAliasesCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { z } from "zod";
import type { EmulatorClients } from "./clients.ts";
import { stands, unless } from "./missing.ts";
import { resourceType } from "./resource-type.ts";

export const kmsKey = resourceType({
  token: "aws:kms/key:Key",
  inputs: z.strictObject({
    description: z.string().optional(),
    enableKeyRotation: z.boolean().optional(),
    deletionWindowInDays: z.number().optional(),
  }),
  async create({ description, enableKeyRotation }, { clients: { kms } }) {
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: description }));
    const id = KeyMetadata?.KeyId ?? "";
    await rotate(id, enableKeyRotation, kms);
    return { id, outputs: { keyId: id, arn: KeyMetadata?.Arn } };
  },
  async read(id, clients) {
    const key = await describeKey(id, clients);
    return key !== undefined && key.KeyState !== KeyState.PendingDeletion;
  },
  async update(id, { description, enableKeyRotation }, { clients }) {
    await clients.kms.send(new UpdateKeyDescriptionCommand({ KeyId: id, Description: description ?? "" }));
    await rotate(id, enableKeyRotation, clients.kms);
    const key = await describeKey(id, clients);
    return { id, outputs: { keyId: id, arn: key?.Arn } };
  },
  async delete(id, { kms }) {
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
  },
});

export const kmsAlias = resourceType({
  token: "aws:kms/alias:Alias",
  inputs: z.strictObject({ name: z.string(), targetKeyId: z.string() }),
  replaceOn: ["name"],
  async create({ name, targetKeyId }, { clients: { kms } }) {
    await unless(kms.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: targetKeyId })), "AlreadyExistsException");
    await kms.send(new UpdateAliasCommand({ AliasName: name, TargetKeyId: targetKeyId }));
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: targetKeyId }));
    const arn = KeyMetadata?.Arn ?? "";
    return { id: name, outputs: { arn: arn.replace(/key\/.*$/, name), targetKeyArn: arn } };
  },
  async read(id, { kms }) {
    const { Aliases } = await kms.send(new ListAliasesCommand({ Limit: 100 }));
    return (Aliases ?? []).some(({ AliasName }) => AliasName === id);
  },
  async delete(id, { kms }) {
    await kms.send(new DeleteAliasCommand({ AliasName: id }));
  },
});

async function rotate(KeyId: string, yes: boolean | undefined, kms: EmulatorClients["kms"]): Promise<void> {
  await kms.send(yes ? new EnableKeyRotationCommand({ KeyId }) : new DisableKeyRotationCommand({ KeyId }));
}

async function describeKey(id: string, { kms }: EmulatorClients) {
  const looked = kms.send(new DescribeKeyCommand({ KeyId: id }));
  if (!(await stands(looked, "NotFoundException"))) return undefined;
  return (await looked).KeyMetadata;
}
