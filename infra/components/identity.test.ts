import { beforeAll, expect, test } from "vitest";
import { type DeclaredResource, declared, ofType } from "./declared.fixture.ts";
import { Identity } from "./identity.ts";

let all: DeclaredResource[];
beforeAll(async () => {
  all = await declared(() => new Identity("identity", { environment: "dev" }));
});

test("nobody logs in without an authenticator's code, and no code is ever sent", () => {
  const [pool] = ofType(all, "UserPool");
  expect(pool?.inputs).toMatchObject({ mfaConfiguration: "ON", softwareTokenMfaConfiguration: { enabled: true } });
  expect(Object.keys(pool?.inputs ?? {}).filter((input) => /sms|email/i.test(input))).toEqual([]);
});

test("accounts are made and recovered by an administrator", () => {
  const [pool] = ofType(all, "UserPool");
  expect(pool?.inputs).toMatchObject({
    adminCreateUserConfig: { allowAdminCreateUserOnly: true },
    accountRecoverySetting: { recoveryMechanisms: [{ name: "admin_only", priority: 1 }] },
  });
});

test("a password is long and of every kind of character; the pool cannot be deleted by mistake", () => {
  const [pool] = ofType(all, "UserPool");
  expect(pool?.inputs).toMatchObject({
    passwordPolicy: { minimumLength: 14, requireLowercase: true, requireUppercase: true, requireNumbers: true, requireSymbols: true },
    deletionProtection: "ACTIVE",
  });
});

test("the command line's client keeps no secret, its login may take a quarter of an hour, and its tokens last an hour, renewed for a working day", () => {
  const [client] = ofType(all, "UserPoolClient");
  expect(client?.inputs).toMatchObject({
    userPoolId: "identity",
    generateSecret: false,
    explicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    authSessionValidity: 15,
    accessTokenValidity: 60,
    refreshTokenValidity: 8,
    tokenValidityUnits: { accessToken: "minutes", refreshToken: "hours" },
    enableTokenRevocation: true,
  });
});

test("a refused login does not tell whether there is such a user", () => {
  const [client] = ofType(all, "UserPoolClient");
  expect(client?.inputs).toMatchObject({ preventUserExistenceErrors: "ENABLED" });
});

test("people are scientists, approvers, operators", () => {
  expect(new Set(ofType(all, "UserGroup").map(({ inputs }) => inputs.name))).toEqual(new Set(["scientist", "approver", "operator"]));
});

test.each([
  [undefined, "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a/.well-known/jwks.json"],
  ["http://127.0.0.1:4566", "http://127.0.0.1:4566/identity/.well-known/jwks.json"],
])("with the emulator at %s the keys of the tokens stand at %s; the issuer is AWS's either way", async (awsEndpointUrl, keysUrl) => {
  const told: unknown[] = [];
  await declared(() => new Identity("identity", { environment: "dev", awsEndpointUrl }).settings.apply((settings) => told.push(settings)));
  const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a";
  expect(told).toEqual([{ userPool: "identity", client: "identity", issuer, keysUrl }]);
});
