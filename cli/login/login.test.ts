import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { requireLogin, sessionOf } from "./login.ts";
import type { LoginPlace } from "./pool.ts";
import { loginPlace, scriptedCognito } from "./scripted-cognito.fixture.ts";
import { readSession, removeSession, sessionFile, writeSession } from "./session-file.ts";

const loggedInAt = new Date("2026-11-21T12:00:00Z");
const afterMinutes = (minutes: number) => () => new Date(loggedInAt.getTime() + minutes * 60_000);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-login-"));
  vi.stubEnv("FALCONRY_DIRECTORY", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function loggedIn(descriptor: LoginPlace): Promise<void> {
  const tokens = { accessToken: "first", refreshToken: "refresh", expiresIn: 3600 };
  await writeSession(sessionFile("local"), sessionOf(descriptor, "grace", tokens, loggedInAt));
}

test("nobody is logged in: the command to log in is named", async () => {
  await expect(requireLogin(loginPlace("local", "http://unused"), afterMinutes(0))).rejects.toMatchObject({
    code: "login.needed",
    hint: "Run: falconry login",
  });
});

test("a login for a user pool that is there no more is none", async () => {
  const descriptor = loginPlace("local", "http://unused");
  await loggedIn(descriptor);
  const anew = { ...descriptor, identity: { ...descriptor.identity, client: "another app" } };
  await expect(requireLogin(anew, afterMinutes(0))).rejects.toMatchObject({ code: "login.needed" });
});

test("an access token is used as long as it lasts", async () => {
  await using cognito = await scriptedCognito([]);
  const descriptor = loginPlace("local", cognito.url);
  await loggedIn(descriptor);
  const login = await requireLogin(descriptor, afterMinutes(58));
  expect([login.user, await login.token()]).toEqual(["grace", "first"]);
  expect(cognito.asked).toEqual([]);
});

test("an access token that is about to run out is exchanged, once, and the new one kept", async () => {
  await using cognito = await scriptedCognito([{ AuthenticationResult: { AccessToken: "second", ExpiresIn: 3600 } }]);
  const descriptor = loginPlace("local", cognito.url);
  await loggedIn(descriptor);
  const login = await requireLogin(descriptor, afterMinutes(59.5));
  expect([await login.token(), await login.token()]).toEqual(["second", "second"]);
  expect(cognito.asked).toMatchObject([{ request: { AuthFlow: "REFRESH_TOKEN_AUTH", AuthParameters: { REFRESH_TOKEN: "refresh" } } }]);
  expect(await readSession(sessionFile("local"))).toMatchObject({ accessToken: "second", refreshToken: "refresh" });
});

test("a refresh that the pool refuses ends the login with the command to log in", async () => {
  await using cognito = await scriptedCognito([{ __type: "NotAuthorizedException", message: "Refresh Token has expired" }]);
  const descriptor = loginPlace("local", cognito.url);
  await loggedIn(descriptor);
  const login = await requireLogin(descriptor, afterMinutes(600));
  await expect(login.token()).rejects.toMatchObject({
    code: "login.expired",
    message: expect.stringContaining("has expired"),
    hint: "Run: falconry login",
  });
});

describe("a refresh by a command that has run for long", () => {
  const refreshed = async (meanwhile: (descriptor: LoginPlace) => Promise<void>) => {
    await using cognito = await scriptedCognito([{ AuthenticationResult: { AccessToken: "second", ExpiresIn: 3600 } }]);
    const descriptor = loginPlace("local", cognito.url);
    await loggedIn(descriptor);
    const login = await requireLogin(descriptor, afterMinutes(59.5));
    await meanwhile(descriptor);
    expect(await login.token()).toBe("second");
    return readSession(sessionFile("local"));
  };

  test("leaves the login of somebody else alone, who logged in since", async () => {
    const tokens = { accessToken: "ada's", refreshToken: "refresh of ada", expiresIn: 3600 };
    const standing = await refreshed((place) => writeSession(sessionFile("local"), sessionOf(place, "ada", tokens, loggedInAt)));
    expect(standing).toMatchObject({ user: "ada", accessToken: "ada's" });
  });

  test("brings no login back that was ended since", async () => {
    expect(await refreshed(() => removeSession(sessionFile("local")))).toBeUndefined();
  });
});
