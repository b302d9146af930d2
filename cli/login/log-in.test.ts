import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { logIn } from "./log-in.ts";
import { logOut } from "./log-out.ts";
import { sessionOf } from "./login.ts";
import type { Person } from "./person.ts";
import type { LoginPlace } from "./pool.ts";
import { loginPlace, scriptedCognito } from "./scripted-cognito.fixture.ts";
import { readSession, sessionFile, writeSession } from "./session-file.ts";

const now = () => new Date("2026-11-21T12:00:00Z");
const grace: Person = { password: async () => "a password", newPassword: async () => "", code: async () => "123456", enrol() {} };
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-log-in-"));
  vi.stubEnv("XDG_CONFIG_HOME", folder);
  file = sessionFile("production");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

function accessToken(claims: object): string {
  return ["header", Buffer.from(JSON.stringify(claims)).toString("base64url"), "signature"].join(".");
}

test("a login is of the user whom its token names, however the name was typed", async () => {
  const AccessToken = accessToken({ username: "grace", "cognito:groups": ["scientist"] });
  await using cognito = await scriptedCognito([
    { ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "session" },
    { AuthenticationResult: { AccessToken, RefreshToken: "refresh", ExpiresIn: 3600 } },
  ]);
  const loggedIn = await logIn({ descriptor: loginPlace("production", cognito.url) }, "GRACE", grace, now);
  expect(loggedIn).toMatchObject({ user: "grace", groups: ["scientist"] });
  expect(await readSession(file)).toMatchObject({ user: "grace", accessToken: AccessToken });
});

async function loggedIn(descriptor: LoginPlace): Promise<void> {
  const tokens = { accessToken: "access", refreshToken: "refresh", expiresIn: 3600 };
  await writeSession(file, sessionOf(descriptor, "grace", tokens, now()));
}

test("a logout ends the login at the pool and on this machine", async () => {
  await using cognito = await scriptedCognito([{}]);
  const descriptor = loginPlace("production", cognito.url);
  await loggedIn(descriptor);
  expect(await logOut("production", async () => ({ descriptor }))).toEqual({ environment: "production", user: "grace" });
  expect(cognito.asked).toMatchObject([{ operation: "RevokeToken", request: { Token: "refresh" } }]);
  expect(await readSession(file)).toBeUndefined();
});

test("where the pool does not end it, the login is forgotten all the same, and what is left of it is said", async () => {
  await using cognito = await scriptedCognito([{ __type: "UnauthorizedException", message: "Not today" }]);
  const descriptor = loginPlace("production", cognito.url);
  await loggedIn(descriptor);
  await expect(logOut("production", async () => ({ descriptor }))).rejects.toMatchObject({
    code: "login.not-ended",
    message: expect.stringContaining("Not today"),
    hint: expect.stringContaining("refreshed"),
  });
  expect(await readSession(file)).toBeUndefined();
});
