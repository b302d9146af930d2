import {
  AssociateSoftwareTokenCommand,
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
  type InitiateAuthResponse,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { FalconryError } from "@falconry/environment/error.ts";
import { TOTP } from "otpauth";
import { asRefusal } from "./cognito-refusal.ts";
import type { Person } from "./person.ts";

/** What a user pool hands out for a password and a code. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** Seconds that the access token is good for. */
  expiresIn: number;
}

/** A user pool, through one of its app clients. */
export interface Pool {
  cognito: CognitoIdentityProviderClient;
  client: string;
}

/**
 * Logs in with a password and a code. The first time, the pool asks for a password of the user's own, and an authenticator is enrolled.
 *
 * @throws FalconryError `login.refused`, `login.code-refused`, `login.password-refused`, `login.no-second-factor`, `login.unsupported`, `login.throttled`
 */
export async function signIn(pool: Pool, user: string, person: Person): Promise<Tokens> {
  const password = await required(person.password(), "password");
  let answer = await begin(pool, user, password);
  let secondFactor = false;
  while (answer.AuthenticationResult === undefined) {
    secondFactor ||= answer.ChallengeName === "SOFTWARE_TOKEN_MFA" || answer.ChallengeName === "MFA_SETUP";
    answer = await meet(pool, user, person, answer);
  }
  const tokens = complete(answer.AuthenticationResult);
  if (secondFactor) return tokens;
  await pool.cognito.send(new RevokeTokenCommand({ ClientId: pool.client, Token: tokens.refreshToken }));
  throw new FalconryError("login.no-second-factor", {
    message: `the user pool lets ${user} in with a password alone`,
    hint: "Its administrator must require an authenticator (MFA ON), and have this user enrol one",
  });
}

/** New tokens for a session whose access token ran out. @throws FalconryError `login.expired`, `login.throttled` */
export async function refresh({ cognito, client }: Pool, refreshToken: string): Promise<Omit<Tokens, "refreshToken">> {
  const order = { AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: client, AuthParameters: { REFRESH_TOKEN: refreshToken } } as const;
  const { AuthenticationResult = {} } = await asked(cognito.send(new InitiateAuthCommand(order)), "session");
  return complete({ RefreshToken: refreshToken, ...AuthenticationResult });
}

/** Ends a login: no copy of it can be refreshed any more. An access token that was given is good until it expires. */
export async function signOut({ cognito, client }: Pool, refreshToken: string): Promise<void> {
  await cognito.send(new RevokeTokenCommand({ ClientId: client, Token: refreshToken }));
}

function begin({ cognito, client }: Pool, user: string, password: string): Promise<InitiateAuthResponse> {
  const order = { AuthFlow: "USER_PASSWORD_AUTH", ClientId: client, AuthParameters: { USERNAME: user, PASSWORD: password } } as const;
  return asked(cognito.send(new InitiateAuthCommand(order)), "password");
}

/** Answers one challenge. */
async function meet(pool: Pool, user: string, person: Person, { ChallengeName, Session, ChallengeParameters }: InitiateAuthResponse) {
  const { cognito, client } = pool;
  const USERNAME = ChallengeParameters?.USER_ID_FOR_SRP ?? user;
  const challenge = { ClientId: client, ChallengeName, Session };
  switch (ChallengeName) {
    case "SOFTWARE_TOKEN_MFA": {
      const responses = { USERNAME, SOFTWARE_TOKEN_MFA_CODE: await code(person) };
      return asked(cognito.send(new RespondToAuthChallengeCommand({ ...challenge, ChallengeResponses: responses })), "code");
    }
    case "NEW_PASSWORD_REQUIRED": {
      const responses = { USERNAME, NEW_PASSWORD: await required(person.newPassword(), "new password") };
      return asked(cognito.send(new RespondToAuthChallengeCommand({ ...challenge, ChallengeResponses: responses })), "new password");
    }
    case "MFA_SETUP": {
      const session = await enrol(pool, user, person, Session);
      const order = { ...challenge, Session: session, ChallengeResponses: { USERNAME } };
      return asked(cognito.send(new RespondToAuthChallengeCommand(order)), "code");
    }
    default:
      throw new FalconryError("login.unsupported", {
        message: `the user pool asks ${user} for ${ChallengeName ?? "nothing that it names"}, which this command cannot give`,
        hint: "Its administrator must set it to password and authenticator (software token) only",
      });
  }
}

/** @returns the session to go on with */
async function enrol({ cognito }: Pool, user: string, person: Person, session: string | undefined): Promise<string | undefined> {
  const begun = await asked(cognito.send(new AssociateSoftwareTokenCommand({ Session: session })), "code");
  const secret = begun.SecretCode ?? "";
  person.enrol({ secret, url: new TOTP({ issuer: "Falconry", label: user, secret }).toString() });
  const order = { Session: begun.Session, UserCode: await code(person), FriendlyDeviceName: "Falconry" };
  const { Session } = await asked(cognito.send(new VerifySoftwareTokenCommand(order)), "code");
  return Session;
}

/** Anything but six digits never leaves this machine: it may well be the password. */
async function code(person: Person): Promise<string> {
  const given = (await person.code()).trim();
  if (/^\d{6}$/.test(given)) return given;
  throw new FalconryError("login.code-refused", {
    message: "a code has six digits",
    hint: "Read it from your authenticator, and log in again",
  });
}

async function required(given: Promise<string>, what: string): Promise<string> {
  const text = await given;
  if (text !== "") return text;
  throw new FalconryError("login.refused", { message: `the ${what} is empty`, hint: "Log in again" });
}

async function asked<Answer>(sent: Promise<Answer>, what: Parameters<typeof asRefusal>[1]): Promise<Answer> {
  try {
    return await sent;
  } catch (error) {
    throw asRefusal(error, what) ?? error;
  }
}

function complete({ AccessToken, RefreshToken, ExpiresIn }: AuthenticationResultType): Tokens {
  if (AccessToken === undefined || RefreshToken === undefined || ExpiresIn === undefined) {
    throw new Error("the user pool let somebody in, and gave no tokens");
  }
  return { accessToken: AccessToken, refreshToken: RefreshToken, expiresIn: ExpiresIn };
}
