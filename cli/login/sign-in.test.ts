import { TOTP } from "otpauth";
import { describe, expect, test } from "vitest";
import type { Person } from "./person.ts";
import { scriptedCognito } from "./scripted-cognito.fixture.ts";
import { signIn } from "./sign-in.ts";

const tokens = { AccessToken: "access", RefreshToken: "refresh", ExpiresIn: 3600 };
const challenge = (ChallengeName: string, Session: string) => ({
  ChallengeName,
  Session,
  ChallengeParameters: { USER_ID_FOR_SRP: "id-of-grace" },
});

/** Remembers the authenticator that it was given. */
function grace(given: Partial<Person> = {}): Person & { enrolled: string[] } {
  const enrolled: string[] = [];
  return {
    enrolled,
    password: async () => "first password",
    newPassword: async () => "a password of her own",
    code: async () => "123456",
    enrol: ({ secret, url }) => void enrolled.push(secret, url),
    ...given,
  };
}

// Cognito's order for a user whom an administrator made; the emulator hands out tokens after the new password already.
test("a first login asks for a password of one's own, then enrols an authenticator, then lets in", async () => {
  await using cognito = await scriptedCognito([
    challenge("NEW_PASSWORD_REQUIRED", "session 1"),
    challenge("MFA_SETUP", "session 2"),
    { SecretCode: "JBSWY3DPEHPK3PXP", Session: "session 3" },
    { Status: "SUCCESS", Session: "session 4" },
    { AuthenticationResult: tokens },
  ]);
  const person = grace();
  const signedIn = await signIn({ cognito: cognito.client(), client: "app" }, "grace", person);
  expect(signedIn).toEqual({ accessToken: "access", refreshToken: "refresh", expiresIn: 3600 });
  expect(cognito.asked.map(({ operation, request }) => [operation, request.Session])).toEqual([
    ["InitiateAuth", undefined],
    ["RespondToAuthChallenge", "session 1"],
    ["AssociateSoftwareToken", "session 2"],
    ["VerifySoftwareToken", "session 3"],
    ["RespondToAuthChallenge", "session 4"],
  ]);
  expect(cognito.asked[1]?.request.ChallengeResponses).toEqual({ USERNAME: "id-of-grace", NEW_PASSWORD: "a password of her own" });
  const [secret, url = ""] = person.enrolled;
  expect(secret).toBe("JBSWY3DPEHPK3PXP");
  expect(url).toBe(new TOTP({ issuer: "Falconry", label: "grace", secret }).toString());
});

test("a pool that lets in without a second factor is refused, and what it gave is ended", async () => {
  await using cognito = await scriptedCognito([{ AuthenticationResult: tokens }, {}]);
  const signedIn = signIn({ cognito: cognito.client(), client: "app" }, "grace", grace());
  await expect(signedIn).rejects.toMatchObject({ code: "login.no-second-factor" });
  expect(cognito.asked[1]).toMatchObject({ operation: "RevokeToken", request: { Token: "refresh" } });
});

test("a new password alone is no second factor either", async () => {
  await using cognito = await scriptedCognito([challenge("NEW_PASSWORD_REQUIRED", "session"), { AuthenticationResult: tokens }, {}]);
  await expect(signIn({ cognito: cognito.client(), client: "app" }, "grace", grace())).rejects.toMatchObject({
    code: "login.no-second-factor",
  });
});

test("a code by text message is a factor that is not asked for", async () => {
  await using cognito = await scriptedCognito([challenge("SMS_MFA", "session")]);
  await expect(signIn({ cognito: cognito.client(), client: "app" }, "grace", grace())).rejects.toMatchObject({
    code: "login.unsupported",
    message: expect.stringContaining("SMS_MFA"),
  });
});

test("what is no code of six digits never leaves the machine", async () => {
  await using cognito = await scriptedCognito([challenge("SOFTWARE_TOKEN_MFA", "session")]);
  const typedItTwice = grace({ code: async () => "first password" });
  await expect(signIn({ cognito: cognito.client(), client: "app" }, "grace", typedItTwice)).rejects.toMatchObject({
    code: "login.code-refused",
    message: expect.not.stringContaining("first password"),
  });
  expect(cognito.asked).toHaveLength(1);
});

test("a login that took too long is not blamed on the password", async () => {
  const late = { __type: "NotAuthorizedException", message: "Invalid session for the user, session is expired." };
  await using cognito = await scriptedCognito([challenge("SOFTWARE_TOKEN_MFA", "session"), late]);
  await expect(signIn({ cognito: cognito.client(), client: "app" }, "grace", grace())).rejects.toMatchObject({
    code: "login.refused",
    hint: expect.stringContaining("15 minutes"),
  });
});

describe("what Cognito refuses has a code of ours", () => {
  test.each([
    ["NotAuthorizedException", "login.refused"],
    ["UserNotFoundException", "login.refused"],
    ["PasswordResetRequiredException", "login.refused"],
    ["InvalidParameterException", "login.refused"],
    ["TooManyRequestsException", "login.throttled"],
    ["LimitExceededException", "login.throttled"],
  ])("%s: %s", async (__type, code) => {
    await using cognito = await scriptedCognito([{ __type, message: "Cognito's words." }]);
    await expect(signIn({ cognito: cognito.client(), client: "app" }, "grace", grace())).rejects.toMatchObject({
      code,
      message: expect.stringContaining("Cognito's words"),
    });
  });

  test.each([
    ["SOFTWARE_TOKEN_MFA", "CodeMismatchException", "login.code-refused"],
    ["SOFTWARE_TOKEN_MFA", "ExpiredCodeException", "login.code-refused"],
    ["NEW_PASSWORD_REQUIRED", "InvalidPasswordException", "login.password-refused"],
  ])("%s: %s: %s", async (asked, __type, code) => {
    await using cognito = await scriptedCognito([challenge(asked, "session"), { __type, message: "No." }]);
    await expect(signIn({ cognito: cognito.client(), client: "app" }, "grace", grace())).rejects.toMatchObject({ code });
  });
});
