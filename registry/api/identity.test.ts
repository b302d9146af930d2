import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tokenVerifier } from "./identity.ts";
import { loginTime, seconds, startPool, type TrialPool, unknownExtension } from "./pool.fixture.ts";

const minutes = (count: number) => new Date(loginTime.getTime() + count * 60_000);

let pool: TrialPool;

beforeAll(async () => {
  pool = await startPool();
});
afterAll(() => pool[Symbol.asyncDispose]());

const verify = (token: string, now = minutes(1)) => tokenVerifier(pool.identity, () => now)(token);

describe("an access token of the pool", () => {
  test("names its user, the groups that mean something here, and when the login was", async () => {
    const token = await pool.token({ "cognito:groups": ["approver", "painter"] });
    expect(await verify(token)).toEqual({ name: "ada", groups: new Set(["approver"]), loggedIn: loginTime });
  });

  test("that names no groups gives none", async () => {
    expect((await verify(await pool.token({ "cognito:groups": undefined }))).groups).toEqual(new Set());
  });

  test("that was refreshed keeps the time of its login", async () => {
    const refreshed = await pool.token({ iat: seconds(minutes(50)), exp: seconds(minutes(110)), auth_time: seconds(loginTime) });
    expect((await verify(refreshed, minutes(51))).loggedIn).toEqual(loginTime);
  });

  test("is taken when clocks differ by some seconds", async () => {
    const ahead = new Date(loginTime.getTime() - 3_000);
    expect((await verify(await pool.token({ nbf: seconds(loginTime) }), ahead)).name).toBe("ada");
  });
});

describe("refused is a token", () => {
  const refused: [string, () => Promise<string>, RegExp][] = [
    ["that somebody else signed", () => pool.forged(), /signature/],
    ["that nobody signed (alg none)", async () => pool.unsigned(), /RS256/],
    ["that is signed by HMAC with the public key", () => pool.signedWithPublicKey(), /RS256/],
    ["whose content was changed", async () => tampered(await pool.token()), /signature/],
    ["that has expired", () => pool.token({ exp: seconds(minutes(0)) }), /expired/],
    ["that never expires", () => pool.token({ exp: undefined }), /"exp"/],
    ["that is not valid yet", () => pool.token({ nbf: seconds(minutes(2)) }), /"nbf"/],
    ["of another issuer", () => pool.token({ iss: "https://cognito-idp.us-east-1.amazonaws.com/other" }), /"iss"/],
    ["for another client", () => pool.token({ client_id: "web" }), /another client/],
    ["that says who, not what for (ID token)", () => pool.token({ token_use: "id", aud: "cli", client_id: undefined }), /"token_use"/],
    ["that refreshes others", () => pool.token({ token_use: "refresh", auth_time: undefined }), /"token_use"/],
    ["without the time of its login", () => pool.token({ auth_time: undefined }), /"auth_time"/],
    ["whose login is yet to come", () => pool.token({ auth_time: seconds(minutes(30)) }), /yet to come/],
    ["without a user", () => pool.token({ username: undefined }), /"username"/],
    ["whose user's name is no name", () => pool.token({ username: "control plane" }), /"username"/],
    ["whose groups are no list", () => pool.token({ "cognito:groups": "approver" }), /"cognito:groups"/],
    ["of an unknown key", () => pool.token({}, { kid: "other" }), /no such key/],
    ["with a critical extension", () => pool.token({}, { crit: [unknownExtension], [unknownExtension]: true }), /no signed token/],
    ["of two parts", async () => (await pool.token()).split(".").slice(0, 2).join("."), /no signed token/],
    ["of nonsense", async () => "a.b.c", /no signed token/],
  ];

  test.each(refused)("%s", async (_, token, reason) => {
    await expect(verify(await token())).rejects.toMatchObject({
      code: "control-plane.token-refused",
      message: expect.stringMatching(reason),
    });
  });
});

test("a flood of unknown keys fetches the pool's keys once", async () => {
  const verifier = tokenVerifier(pool.identity, () => minutes(1));
  const before = pool.fetches();
  for (let at = 0; at < 20; at++) await expect(verifier(await pool.token({}, { kid: `other-${at}` }))).rejects.toThrow("no such key");
  expect(pool.fetches() - before).toBe(1);
});

test("where the pool's keys cannot be had nobody is taken, and it is no fault of the token", async () => {
  const away = tokenVerifier({ ...pool.identity, keysUrl: "http://127.0.0.1:9/jwks.json" }, () => minutes(1));
  await expect(away(await pool.token())).rejects.toMatchObject({ code: "environment.unreachable", exitCode: 4 });
});

/** Another user's name in the claims. */
function tampered(token: string): string {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const changed = Buffer.from(claims, "base64url").toString().replace('"ada"', '"eve"');
  return [header, Buffer.from(changed).toString("base64url"), signature].join(".");
}
