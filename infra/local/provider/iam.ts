import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import { stands, unless } from "./missing.ts";
import { resourceType } from "./resource-type.ts";

export const iamRole = resourceType({
  token: "aws:iam/role:Role",
  inputs: z.strictObject({
    name: z.string().optional(),
    description: z.string().optional(),
    assumeRolePolicy: z.string(),
  }),
  replaceOn: ["name"],
  async create({ name, description, assumeRolePolicy }, { clients: { iam }, automaticName }) {
    const RoleName = name ?? automaticName;
    const create = new CreateRoleCommand({
      RoleName,
      Description: description,
      AssumeRolePolicyDocument: assumeRolePolicy,
    });
    await unless(iam.send(create), "EntityAlreadyExists", "EntityAlreadyExistsException");
    await iam.send(new UpdateRoleCommand({ RoleName, Description: description }));
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: assumeRolePolicy }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return { id: RoleName, outputs: { name: RoleName, arn: Role?.Arn, uniqueId: Role?.RoleId } };
  },
  read: (id, { iam }) => stands(iam.send(new GetRoleCommand({ RoleName: id })), ...noSuchEntity),
  async delete(id, { iam }) {
    await iam.send(new DeleteRoleCommand({ RoleName: id }));
  },
});

/** Its id is `<role>:<policy>`, as the aws provider has it. */
export const iamRolePolicy = resourceType({
  token: "aws:iam/rolePolicy:RolePolicy",
  inputs: z.strictObject({ name: z.string().optional(), role: z.string(), policy: z.string() }),
  replaceOn: ["name", "role"],
  async create({ name, role, policy }, { clients: { iam }, automaticName }) {
    const PolicyName = name ?? automaticName;
    await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName, PolicyDocument: policy }));
    return { id: `${role}:${PolicyName}`, outputs: { name: PolicyName } };
  },
  read: (id, { iam }) => stands(iam.send(new GetRolePolicyCommand(rolePolicy(id))), ...noSuchEntity),
  async delete(id, { iam }) {
    await iam.send(new DeleteRolePolicyCommand(rolePolicy(id)));
  },
});

const noSuchEntity = ["NoSuchEntity", "NoSuchEntityException"];

function rolePolicy(id: string): { RoleName: string; PolicyName: string } {
  const colon = id.indexOf(":");
  return { RoleName: id.slice(0, colon), PolicyName: id.slice(colon + 1) };
}
