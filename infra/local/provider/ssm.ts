import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { z } from "zod";
import { stands } from "./missing.ts";
import { resourceType } from "./resource-type.ts";

export const ssmParameter = resourceType({
  token: "aws:ssm/parameter:Parameter",
  inputs: z.strictObject({
    name: z.string().optional(),
    type: z.enum(["String", "SecureString", "StringList"]),
    value: z.string(),
    description: z.string().optional(),
    keyId: z.string().optional(),
    tier: z.enum(["Standard", "Advanced", "Intelligent-Tiering"]).optional(),
  }),
  replaceOn: ["name"],
  async create({ name, type, value, description, keyId, tier }, { clients: { ssm }, automaticName }) {
    const Name = name ?? automaticName;
    const put = { Name, Type: type, Value: value, Description: description, KeyId: keyId, Tier: tier, Overwrite: true };
    const { Version } = await ssm.send(new PutParameterCommand(put));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return { id: Name, outputs: { name: Name, arn: Parameter?.ARN, version: Version } };
  },
  read: (id, { ssm }) => stands(ssm.send(new GetParameterCommand({ Name: id })), "ParameterNotFound"),
  async delete(id, { ssm }) {
    await ssm.send(new DeleteParameterCommand({ Name: id }));
  },
});
