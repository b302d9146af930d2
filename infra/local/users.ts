import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  AssociateSoftwareTokenCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { localCredentials, openEnvironment } from "@falconry/environment/environment.ts";
import { type LocalUser, userNames, usersFile, usersSchema } from "@falconry/environment/local-users.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import { Secret, TOTP } from "otpauth";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { unless } from "./provider/missing.ts";

/**
 * Sees to it that the region's users can log in: password and authenticator's secret stand in `users.json` of its folder, for nobody else to read. A user whose
 * login works is left alone; any other, as after the pool was made anew, gets new credentials.
 */
export async function keepUsers(directory: string, progress: Progress): Promise<void> {
  const file = usersFile(directory);
  const known = await readUsers(file);
  const pool = await openPool(directory);
  try {
    const kept = await Promise.all(userNames.map((name) => findWorking(name, known, pool)));
    const anew = userNames.filter((_, index) => kept[index] === undefined);
    if (anew.length === 0) return;
    const enrolments = await Promise.all(anew.map((name) => create(name, pool)));
    const users = [...kept.filter((user) => user !== undefined), ...enrolments.map(({ user }) => user)];
    // Written before the authenticator counts: a run that is killed in between leaves a user without one, whom the next run makes anew.
    await writeFileAtomic(file, `${JSON.stringify({ users }, null, 2)}\n`, { mode: 0o600 });
    await Promise.all(enrolments.map((enrolment) => enrol(enrolment, pool)));
    progress(`users: ${anew.join(", ")} can log in`);
  } finally {
    pool.cognito.destroy();
  }
}

interface Pool {
  cognito: CognitoIdentityProviderClient;
  userPool: string;
  client: string;
}

async function openPool(directory: string): Promise<Pool> {
  const environment = await openEnvironment("local", directory);
  const { identity, region, services } = environment.descriptor;
  environment[Symbol.dispose]();
  const cognito = new CognitoIdentityProviderClient({ region, endpoint: services.awsEndpointUrl, credentials: localCredentials });
  return { ...identity, cognito };
}

async function readUsers(file: string): Promise<LocalUser[]> {
  try {
    return usersSchema.parse(JSON.parse(await readFile(file, "utf8"))).users;
  } catch (error) {
    const isDamaged = error instanceof SyntaxError || error instanceof z.ZodError;
    if (isDamaged || (error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** @returns the user's credentials, where a login with both of them succeeds */
async function findWorking(name: LocalUser["name"], known: LocalUser[], { client, cognito }: Pool): Promise<LocalUser | undefined> {
  const user = known.find((candidate) => candidate.name === name);
  if (user === undefined) return undefined;
  try {
    const { ChallengeName, Session } = await cognito.send(passwordLogin(user, client));
    if (ChallengeName !== "SOFTWARE_TOKEN_MFA") return undefined;
    const ChallengeResponses = { USERNAME: name, SOFTWARE_TOKEN_MFA_CODE: codeOf(user) };
    await cognito.send(new RespondToAuthChallengeCommand({ ClientId: client, ChallengeName, Session, ChallengeResponses }));
    return user;
  } catch (error) {
    const { name: code } = error as Error;
    if (["NotAuthorizedException", "UserNotFoundException", "CodeMismatchException"].includes(code)) return undefined;
    throw error;
  }
}

interface Enrolment {
  user: LocalUser;
  accessToken: string | undefined;
}

/** A confirmed user in its group, whose authenticator is still to be verified. */
async function create(name: LocalUser["name"], { userPool, client, cognito }: Pool): Promise<Enrolment> {
  const who = { UserPoolId: userPool, Username: name };
  // Letters of both cases, a digit and a sign, as the pool's policy asks for, before 144 bits of chance.
  const password = `Aa1-${randomBytes(18).toString("base64url")}`;
  await unless(cognito.send(new AdminDeleteUserCommand(who)), "UserNotFoundException");
  await cognito.send(new AdminCreateUserCommand({ ...who, TemporaryPassword: password, MessageAction: "SUPPRESS" }));
  await cognito.send(new AdminSetUserPasswordCommand({ ...who, Password: password, Permanent: true }));
  await cognito.send(new AdminAddUserToGroupCommand({ ...who, GroupName: name }));
  // Cognito answers with the challenge to set an authenticator up; the emulator lets such a user in, once.
  const { AuthenticationResult } = await cognito.send(passwordLogin({ name, password }, client));
  const accessToken = AuthenticationResult?.AccessToken;
  const { SecretCode } = await cognito.send(new AssociateSoftwareTokenCommand({ AccessToken: accessToken }));
  return { user: { name, password, totpSecret: SecretCode ?? "" }, accessToken };
}

async function enrol({ user, accessToken }: Enrolment, { cognito }: Pool): Promise<void> {
  await cognito.send(new VerifySoftwareTokenCommand({ AccessToken: accessToken, UserCode: codeOf(user) }));
}

function passwordLogin({ name, password }: Pick<LocalUser, "name" | "password">, ClientId: string): InitiateAuthCommand {
  return new InitiateAuthCommand({ ClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: name, PASSWORD: password } });
}

function codeOf({ totpSecret }: LocalUser): string {
  return new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate();
}
