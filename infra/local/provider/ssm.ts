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
  }),
  replaceOn: ["name"],
  async create({ name, type, value, description, keyId }, { clients: { ssm }, automaticName }) {
    const Name = name ?? automaticName;
    const put = new PutParameterCommand({ Name, Type: type, Value: value, Description: description, KeyId: keyId, Overwrite: true });
    const { Version } = await ssm.send(put);
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return { id: Name, outputs: { name: Name, arn: Parameter?.ARN, version: Version } };
  },
  read: (id, { ssm }) => stands(ssm.send(new GetParameterCommand({ Name: id })), "ParameterNotFound"),
  async delete(id, { ssm }) {
    await ssm.send(new DeleteParameterCommand({ Name: id }));
  },
});
