import type { Descriptor } from "@falconry/environment/descriptor.ts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./transform.ts";

const ACCESS_TOKEN_MINUTES = 60;
/** A working day: after it, password and code are asked for again. */
const REFRESH_TOKEN_HOURS = 8;
/** Between password and code. Setting an authenticator up for the first time takes longer than the 3 minutes of the default. */
const LOGIN_MINUTES = 15;
const PASSWORD_LENGTH = 14;
const TEMPORARY_PASSWORD_DAYS = 3;

/** What a person may be, and what it means; the control plane's API says which route is whose. */
const groups = {
  scientist: "Asks for promotions",
  approver: "Approves and rejects them",
  operator: "Rolls back",
};

export interface IdentityArgs {
  /** Name of the environment: part of the pool's name. */
  environment: string;
  /**
   * Where an emulator answers, which serves the keys of its pools itself.
   * @default the issuer's own address
   */
  awsEndpointUrl?: string;
  transform?: Transform<{ pool: aws.cognito.UserPoolArgs; client: aws.cognito.UserPoolClientArgs }>;
}

/** Who people are: accounts that an administrator makes, a strong password, and an authenticator's code at every login. There is no SMS. */
export class Identity extends pulumi.ComponentResource {
  /** What the descriptor says of it. */
  readonly settings: pulumi.Output<Descriptor["identity"]>;
  readonly #args: IdentityArgs;

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("falconry:identity:Identity", name, {}, opts);
    this.#args = args;
    const pool = this.#pool(name);
    const client = this.#client(name, pool);
    for (const [group, description] of Object.entries(groups)) {
      new aws.cognito.UserGroup(group, { name: group, description, userPoolId: pool.id }, { parent: pool });
    }
    const issuer = pulumi.interpolate`https://${pool.endpoint}`;
    const home = args.awsEndpointUrl === undefined ? issuer : pulumi.interpolate`${args.awsEndpointUrl}/${pool.id}`;
    this.settings = pulumi.output({
      userPool: pool.id,
      client: client.id,
      issuer,
      keysUrl: pulumi.interpolate`${home}/.well-known/jwks.json`,
    });
    this.registerOutputs({ settings: this.settings });
  }

  #pool(name: string): aws.cognito.UserPool {
    const { environment, transform } = this.#args;
    const args: aws.cognito.UserPoolArgs = {
      name: `falconry-${environment}`,
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: { recoveryMechanisms: [{ name: "admin_only", priority: 1 }] },
      usernameConfiguration: { caseSensitive: false },
      passwordPolicy: {
        minimumLength: PASSWORD_LENGTH,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: TEMPORARY_PASSWORD_DAYS,
      },
      mfaConfiguration: "ON",
      softwareTokenMfaConfiguration: { enabled: true },
      deletionProtection: "ACTIVE",
    };
    return new aws.cognito.UserPool(name, transform?.pool?.(args, name) ?? args, { parent: this });
  }

  /** The command line's: a program on people's machines can keep no secret, so it has none. */
  #client(name: string, pool: aws.cognito.UserPool): aws.cognito.UserPoolClient {
    const args: aws.cognito.UserPoolClientArgs = {
      name: "command-line",
      userPoolId: pool.id,
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
      authSessionValidity: LOGIN_MINUTES,
      accessTokenValidity: ACCESS_TOKEN_MINUTES,
      idTokenValidity: ACCESS_TOKEN_MINUTES,
      refreshTokenValidity: REFRESH_TOKEN_HOURS,
      tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "hours" },
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
    };
    return new aws.cognito.UserPoolClient(name, this.#args.transform?.client?.(args, name) ?? args, { parent: pool });
  }
}
