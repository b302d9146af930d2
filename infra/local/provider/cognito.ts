import {
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DeleteGroupCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  type ExplicitAuthFlowsType,
  GetGroupCommand,
  paginateListUserPoolClients,
  paginateListUserPools,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { localRegionName } from "@falconry/environment/environment.ts";
import { z } from "zod";
import type { EmulatorClients } from "./clients.ts";
import { stands, unless } from "./missing.ts";
import { resourceType, type Standing } from "./resource-type.ts";

type Cognito = EmulatorClients["cognito"];

const onOrOff = z.enum(["ACTIVE", "INACTIVE"]);
const timeUnit = z.enum(["seconds", "minutes", "hours", "days"]);

const poolInputs = z.strictObject({
  name: z.string().optional(),
  adminCreateUserConfig: z.strictObject({ allowAdminCreateUserOnly: z.boolean() }).optional(),
  accountRecoverySetting: z
    .strictObject({
      recoveryMechanisms: z.array(
        z.strictObject({ name: z.enum(["admin_only", "verified_email", "verified_phone_number"]), priority: z.number().int() }),
      ),
    })
    .optional(),
  usernameConfiguration: z.strictObject({ caseSensitive: z.boolean() }).optional(),
  passwordPolicy: z
    .strictObject({
      minimumLength: z.number().int(),
      requireLowercase: z.boolean(),
      requireUppercase: z.boolean(),
      requireNumbers: z.boolean(),
      requireSymbols: z.boolean(),
      temporaryPasswordValidityDays: z.number().int(),
    })
    .optional(),
  mfaConfiguration: z.enum(["OFF", "ON", "OPTIONAL"]).optional(),
  softwareTokenMfaConfiguration: z.strictObject({ enabled: z.boolean() }).optional(),
  deletionProtection: onOrOff.optional(),
});

/** Named by AWS, so that a pool of this name is looked for: a killed run may have left it. */
export const cognitoUserPool = resourceType({
  token: "aws:cognito/userPool:UserPool",
  inputs: poolInputs,
  replaceOn: ["name", "usernameConfiguration"],
  async create(pool, { clients: { cognito }, automaticName }) {
    const PoolName = pool.name ?? automaticName;
    const id = (await findPool(PoolName, cognito)) ?? (await createPool(PoolName, pool, cognito));
    return settlePool(id, pool, cognito);
  },
  read: (id, { cognito }) => stands(cognito.send(new DescribeUserPoolCommand({ UserPoolId: id })), "ResourceNotFoundException"),
  update: (id, pool, { clients: { cognito } }) => settlePool(id, pool, cognito),
  async delete(id, { cognito }) {
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId: id, DeletionProtection: "INACTIVE" }));
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: id }));
  },
});

const clientInputs = z.strictObject({
  name: z.string().optional(),
  userPoolId: z.string(),
  generateSecret: z.literal(false),
  explicitAuthFlows: z.array(
    z.enum(["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"] satisfies ExplicitAuthFlowsType[]),
  ),
  authSessionValidity: z.number().int().optional(),
  accessTokenValidity: z.number().int(),
  idTokenValidity: z.number().int(),
  refreshTokenValidity: z.number().int(),
  tokenValidityUnits: z.strictObject({ accessToken: timeUnit, idToken: timeUnit, refreshToken: timeUnit }),
  enableTokenRevocation: z.boolean(),
  preventUserExistenceErrors: z.enum(["ENABLED", "LEGACY"]),
});

type ClientInputs = z.infer<typeof clientInputs>;

export const cognitoUserPoolClient = resourceType({
  token: "aws:cognito/userPoolClient:UserPoolClient",
  inputs: clientInputs,
  replaceOn: ["userPoolId", "generateSecret"],
  async create(client, { clients: { cognito }, automaticName }) {
    const ClientName = client.name ?? automaticName;
    const id = await findClient(client.userPoolId, ({ ClientName: name }) => name === ClientName, cognito);
    if (id !== undefined) return updateClient(id, client, cognito);
    const { UserPoolClient } = await cognito.send(new CreateUserPoolClientCommand({ ...clientRequest(client), ClientName }));
    return { id: UserPoolClient?.ClientId ?? "", outputs: { name: ClientName } };
  },
  /** A client is known by its pool only, which its id does not name. */
  async read(id, { cognito }) {
    return (await poolOfClient(id, cognito)) !== undefined;
  },
  update: (id, client, { clients: { cognito } }) => updateClient(id, client, cognito),
  async delete(id, { cognito }) {
    await cognito.send(new DeleteUserPoolClientCommand({ UserPoolId: await poolOfClient(id, cognito), ClientId: id }));
  },
});

/** Its id is `<pool>/<group>`, as the aws provider has it. The emulator changes no group. */
export const cognitoUserGroup = resourceType({
  token: "aws:cognito/userGroup:UserGroup",
  inputs: z.strictObject({ name: z.string(), userPoolId: z.string(), description: z.string().optional() }),
  replaceOn: ["name", "userPoolId", "description"],
  async create({ name, userPoolId, description }, { clients: { cognito } }) {
    const create = new CreateGroupCommand({ UserPoolId: userPoolId, GroupName: name, Description: description });
    await unless(cognito.send(create), "GroupExistsException");
    return { id: `${userPoolId}/${name}`, outputs: {} };
  },
  read: (id, { cognito }) => stands(cognito.send(new GetGroupCommand(groupOf(id))), "ResourceNotFoundException"),
  async delete(id, { cognito }) {
    await cognito.send(new DeleteGroupCommand(groupOf(id)));
  },
});

async function createPool(PoolName: string, { usernameConfiguration }: z.infer<typeof poolInputs>, cognito: Cognito): Promise<string> {
  const names = usernameConfiguration && { CaseSensitive: usernameConfiguration.caseSensitive };
  const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName, UsernameConfiguration: names }));
  return UserPool?.Id ?? "";
}

async function settlePool(UserPoolId: string, pool: z.infer<typeof poolInputs>, cognito: Cognito): Promise<Standing> {
  const { passwordPolicy: password, adminCreateUserConfig, accountRecoverySetting, softwareTokenMfaConfiguration } = pool;
  await cognito.send(
    new UpdateUserPoolCommand({
      UserPoolId,
      DeletionProtection: pool.deletionProtection,
      AdminCreateUserConfig: adminCreateUserConfig && { AllowAdminCreateUserOnly: adminCreateUserConfig.allowAdminCreateUserOnly },
      AccountRecoverySetting: accountRecoverySetting && {
        RecoveryMechanisms: accountRecoverySetting.recoveryMechanisms.map(({ name, priority }) => ({ Name: name, Priority: priority })),
      },
      Policies: password && {
        PasswordPolicy: {
          MinimumLength: password.minimumLength,
          RequireLowercase: password.requireLowercase,
          RequireUppercase: password.requireUppercase,
          RequireNumbers: password.requireNumbers,
          RequireSymbols: password.requireSymbols,
          TemporaryPasswordValidityDays: password.temporaryPasswordValidityDays,
        },
      },
    }),
  );
  await cognito.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: pool.mfaConfiguration,
      SoftwareTokenMfaConfiguration: softwareTokenMfaConfiguration && { Enabled: softwareTokenMfaConfiguration.enabled },
    }),
  );
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
  return {
    id: UserPoolId,
    outputs: { name: UserPool?.Name, arn: UserPool?.Arn, endpoint: `cognito-idp.${localRegionName}.amazonaws.com/${UserPoolId}` },
  };
}

async function findPool(name: string, cognito: Cognito): Promise<string | undefined> {
  for await (const { UserPools = [] } of paginateListUserPools({ client: cognito, pageSize: 60 }, { MaxResults: 60 })) {
    const found = UserPools.find(({ Name }) => Name === name);
    if (found !== undefined) return found.Id;
  }
  return undefined;
}

async function updateClient(ClientId: string, client: ClientInputs, cognito: Cognito): Promise<Standing> {
  const { GenerateSecret: _, ...request } = clientRequest(client);
  const { UserPoolClient } = await cognito.send(new UpdateUserPoolClientCommand({ ...request, ClientId }));
  return { id: ClientId, outputs: { name: UserPoolClient?.ClientName } };
}

function clientRequest(client: ClientInputs) {
  const { accessToken, idToken, refreshToken } = client.tokenValidityUnits;
  return {
    UserPoolId: client.userPoolId,
    ClientName: client.name,
    GenerateSecret: client.generateSecret,
    ExplicitAuthFlows: client.explicitAuthFlows,
    AuthSessionValidity: client.authSessionValidity,
    AccessTokenValidity: client.accessTokenValidity,
    IdTokenValidity: client.idTokenValidity,
    RefreshTokenValidity: client.refreshTokenValidity,
    TokenValidityUnits: { AccessToken: accessToken, IdToken: idToken, RefreshToken: refreshToken },
    EnableTokenRevocation: client.enableTokenRevocation,
    PreventUserExistenceErrors: client.preventUserExistenceErrors,
  };
}

async function findClient(
  UserPoolId: string,
  is: (client: { ClientName?: string; ClientId?: string }) => boolean,
  cognito: Cognito,
): Promise<string | undefined> {
  for await (const { UserPoolClients = [] } of paginateListUserPoolClients({ client: cognito, pageSize: 60 }, { UserPoolId })) {
    const found = UserPoolClients.find(is);
    if (found !== undefined) return found.ClientId;
  }
  return undefined;
}

async function poolOfClient(ClientId: string, cognito: Cognito): Promise<string | undefined> {
  for await (const { UserPools = [] } of paginateListUserPools({ client: cognito, pageSize: 60 }, { MaxResults: 60 })) {
    for (const { Id } of UserPools) {
      const look = cognito.send(new DescribeUserPoolClientCommand({ UserPoolId: Id, ClientId }));
      if (await stands(look, "ResourceNotFoundException")) return Id;
    }
  }
  return undefined;
}

function groupOf(id: string): { UserPoolId: string; GroupName: string } {
  const slash = id.indexOf("/");
  return { UserPoolId: id.slice(0, slash), GroupName: id.slice(slash + 1) };
}
