import { readdirSync, readFileSync } from "node:fs";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  AssociateSoftwareTokenCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  VerifySoftwareTokenCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { type Environment, localCredentials, openEnvironment } from "@falconry/environment/environment.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localUsers } from "./login/local-users.ts";
import { type Session, sessionFile } from "./login/session-file.ts";
import { runFalconry } from "./run-falconry.ts";

const password = "Correct-horse-battery-9";
const grace = `grace-${Date.now()}`;
const file = sessionFile("local");
let environment: Environment;
let totpSecret: string;

async function falconry(args: string[], input = "") {
  const { exitCode, stdout, stderr } = await runFalconry([...args, "--json"], { input });
  return { exitCode, stdout, stderr, document: JSON.parse(stdout) };
}

const code = () => new TOTP({ secret: totpSecret }).generate();
const logIn = (...lines: string[]) => falconry(["login", grace], lines.map((line) => `${line}\n`).join(""));
const session = async (): Promise<Session> => JSON.parse(await readFile(file, "utf8"));

/** Grace, whom the region did not make: nobody knows her password and authenticator but these tests. */
beforeAll(async () => {
  environment = await openEnvironment("local");
  const { identity, region, services } = environment.descriptor;
  const cognito = new CognitoIdentityProviderClient({ region, endpoint: services.awsEndpointUrl, credentials: localCredentials });
  const who = { UserPoolId: identity.userPool, Username: grace };
  await cognito.send(new AdminCreateUserCommand({ ...who, TemporaryPassword: password, MessageAction: "SUPPRESS" }));
  await cognito.send(new AdminSetUserPasswordCommand({ ...who, Password: password, Permanent: true }));
  await cognito.send(new AdminAddUserToGroupCommand({ ...who, GroupName: "operator" }));
  const order = {
    AuthFlow: "USER_PASSWORD_AUTH",
    ClientId: identity.client,
    AuthParameters: { USERNAME: grace, PASSWORD: password },
  } as const;
  const { AuthenticationResult } = await cognito.send(new InitiateAuthCommand(order)); // the emulator lets in whoever has no authenticator yet
  const AccessToken = AuthenticationResult?.AccessToken;
  totpSecret = (await cognito.send(new AssociateSoftwareTokenCommand({ AccessToken }))).SecretCode ?? "";
  await cognito.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode: code() }));
  cognito.destroy();
});
afterAll(() => environment[Symbol.dispose]());

describe("a login", () => {
  test("takes the password and the code as two lines, and says who may do what", async () => {
    const { exitCode, document } = await logIn(password, code());
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ environment: "local", user: grace, groups: ["operator"], credentials: null });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await falconry(["status"])).exitCode).toBe(0);
  });

  test("of a user whom local up made needs nothing typed, and says where it took password and code from", async () => {
    const { exitCode, document } = await falconry(["login", "scientist"]);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ user: "scientist", groups: ["scientist"], credentials: join(regionFolder(), "users.json") });
  });

  test("replaces the one before", async () => {
    await falconry(["login", "approver"]);
    expect((await session()).user).toBe("approver");
  });

  test.each([
    ["a wrong password", () => ["wrong", code()], "login.refused"],
    ["a wrong code", () => [password, code() === "000000" ? "000001" : "000000"], "login.code-refused"],
    ["no code", () => [password], "login.broken-off"],
  ])("with %s is refused, and whoever was logged in stays so", async (_, lines, refusal) => {
    await falconry(["login", "approver"]);
    const { exitCode, document } = await logIn(...lines());
    expect(exitCode).toBe(3);
    expect(document.error).toMatchObject({ code: refusal, hint: expect.stringMatching(/\w/) });
    expect((await session()).user).toBe("approver");
  });

  test("of somebody who does not exist is refused like one with a wrong password", async () => {
    const unknown = await falconry(["login", "nobody-of-this-name"], `wrong\n${code()}\n`);
    const known = await logIn("wrong", code());
    expect(unknown.document).toEqual(known.document);
  });
});

describe("without a session", () => {
  beforeAll(() => falconry(["logout"]));

  test.each([
    ["status"],
    ["history", "falcon"],
    ["watch", "falcon"],
    ["reconcile"],
    ["promote", "falcon", "--version", "1"],
    ["approve", "falcon-1", "--reason", "x"],
    ["reject", "falcon-1", "--reason", "x"],
    ["rollback", "falcon", "--reason", "x"],
    ["audit", "refusals"],
  ])("falconry %s names the command to log in", async (...words) => {
    const { exitCode, document } = await falconry(words);
    expect(exitCode).toBe(3);
    expect(document.error).toMatchObject({ code: "login.needed", hint: "Run: falconry login" });
  });
});

describe("a session", () => {
  test("whose token ran out is refreshed without a word", async () => {
    await logIn(password, code());
    await writeFile(file, JSON.stringify({ ...(await session()), expires: new Date(0).toISOString() }));
    const { exitCode, stderr } = await falconry(["status"]);
    expect(exitCode).toBe(0);
    expect(stderr).not.toMatch(/log|token|refresh/);
    expect(new Date((await session()).expires).getTime()).toBeGreaterThan(Date.now());
  });

  test("that was ended by a logout cannot be refreshed from a copy", async () => {
    await logIn(password, code());
    const copy = { ...(await session()), expires: new Date(0).toISOString() };
    expect((await falconry(["logout"])).document).toEqual({ environment: "local", user: grace });
    await writeFile(file, JSON.stringify(copy), { mode: 0o600 });
    const { exitCode, document } = await falconry(["status"]);
    expect([exitCode, document.error.code]).toEqual([3, "login.expired"]);
  });

  test("that others could have read is not used", async () => {
    await logIn(password, code());
    await chmod(file, 0o644);
    const { exitCode, document } = await falconry(["status"]);
    expect([exitCode, document.error.code]).toEqual([3, "login.session-exposed"]);
  });

  test("may do what its groups allow, and nothing else", async () => {
    await falconry(["login", "scientist"]);
    const { exitCode, document } = await falconry(["rollback", "falcon", "--reason", "it is not mine to do"]);
    expect([exitCode, document.error.code]).toEqual([3, "control-plane.not-allowed"]);
  });
});

test("no secret and no token is in any output, log or list of processes", async () => {
  const commandLines = new Set<string>();
  const looking = setInterval(() => commandLinesOf().forEach((line) => void commandLines.add(line)), 20);
  const said: string[] = [];
  for (const [args, input] of [
    [["login", grace], `${password}\n${code()}\n`],
    [["login", grace], `${password}\n000000\n`],
    [["login", "operator"], ""],
    [["status"], ""],
    [["promote", "falcon", "--version", "9999"], ""],
  ] as const) {
    const { stdout, stderr } = await runFalconry([...args], { input });
    said.push(stdout, stderr);
  }
  clearInterval(looking);
  const { accessToken, refreshToken } = await session();
  const users = await localUsers();
  const secrets = [password, totpSecret, accessToken, refreshToken, ...users.flatMap((user) => [user.password, user.totpSecret])];
  const logs = readdirSync(join(regionFolder(), "logs")).map((name) => readFileSync(join(regionFolder(), "logs", name), "utf8"));
  const shown = [...said, ...logs, ...commandLines].join("\n");
  expect(shown).toContain("Logged in to local");
  expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
});

/** Command lines of every process of this machine. */
function commandLinesOf(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8")];
      } catch {
        return []; // it has ended
      }
    });
}
