import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthResponse,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import type { Descriptor } from "@falconry/environment/descriptor.ts";
import { localCredentials } from "@falconry/environment/environment.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { TOTP } from "otpauth";
import { z } from "zod";

const usersSchema = z.object({ users: z.array(z.object({ name: z.string(), password: z.string(), totpSecret: z.string() })) });

export interface TrialLogin {
  accessToken: string;
  idToken: string;
  refreshToken: string;
  /** An access token for the refresh token. */
  refresh(): Promise<string>;
}

/** Logs one of the region's users in, with the password and a code of the authenticator. */
export async function logIn({ identity, region, services }: Descriptor, name: string): Promise<TrialLogin> {
  const { users } = usersSchema.parse(JSON.parse(await readFile(join(regionFolder(), "users.json"), "utf8")));
  const user = users.find((one) => one.name === name);
  if (user === undefined) throw new Error(`the region has no user ${name}`);
  const cognito = new CognitoIdentityProviderClient({ region, endpoint: services.awsEndpointUrl, credentials: localCredentials });
  const ClientId = identity.client;
  const asked = { USERNAME: name, PASSWORD: user.password };
  const { ChallengeName, Session } = await cognito.send(
    new InitiateAuthCommand({ AuthFlow: "USER_PASSWORD_AUTH", ClientId, AuthParameters: asked }),
  );
  if (ChallengeName !== "SOFTWARE_TOKEN_MFA") throw new Error(`the pool asks ${name} for ${ChallengeName ?? "no second factor"}`);
  const code = new TOTP({ secret: user.totpSecret }).generate();
  const answer = await cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName,
      Session,
      ChallengeResponses: { USERNAME: name, SOFTWARE_TOKEN_MFA_CODE: code },
    }),
  );
  const { AccessToken = "", IdToken = "", RefreshToken = "" } = resultOf(answer);
  return {
    accessToken: AccessToken,
    idToken: IdToken,
    refreshToken: RefreshToken,
    async refresh() {
      const again = { AuthFlow: "REFRESH_TOKEN_AUTH", ClientId, AuthParameters: { REFRESH_TOKEN: RefreshToken } } as const;
      return resultOf(await cognito.send(new InitiateAuthCommand(again))).AccessToken ?? "";
    },
  };
}

function resultOf({ AuthenticationResult }: Pick<InitiateAuthResponse, "AuthenticationResult">) {
  if (AuthenticationResult === undefined) throw new Error("the pool gives no tokens");
  return AuthenticationResult;
}
