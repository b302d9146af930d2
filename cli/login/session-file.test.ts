import { chmod, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readableSession, readSession, removeSession, requirePrivate, type Session, sessionFile, writeSession } from "./session-file.ts";

const session: Session = {
  user: "grace",
  issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a",
  client: "app",
  accessToken: "an access token",
  refreshToken: "a refresh token",
  expires: "2026-11-21T12:00:00.000Z",
};
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-session-"));
  file = join(folder, "falconry", "production.json");
});
afterEach(() => rm(folder, { recursive: true }));

const permissions = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test("a session is read as it was written", async () => {
  await writeSession(file, session);
  expect(await readSession(file)).toEqual(session);
});

test("the file is its owner's alone, and so is the folder that is made for it", async () => {
  await writeSession(file, session);
  expect([await permissions(file), await permissions(dirname(file))]).toEqual(["600", "700"]);
});

test("a session written over a file that others could read is its owner's alone", async () => {
  await writeSession(file, session);
  await chmod(file, 0o644);
  await writeSession(file, { ...session, user: "ada" });
  expect(await permissions(file)).toBe("600");
});

test("nothing else is left beside it", async () => {
  await writeSession(file, session);
  await writeSession(file, session);
  expect(await readdir(dirname(file))).toEqual(["production.json"]);
});

test.each([0o640, 0o604, 0o620, 0o666])("a file with the permissions %o is refused", async (mode) => {
  await writeSession(file, session);
  await chmod(file, mode);
  await expect(requirePrivate(file)).rejects.toMatchObject({ code: "login.session-exposed", message: expect.stringContaining(file) });
});

test("where there is no file nobody is logged in", async () => {
  expect(await readSession(file)).toBeUndefined();
  await removeSession(file);
});

test.each(["", "{", "{}", '{"accessToken":"an access token"}'])(
  "a damaged file is refused without a word of what it holds: %j",
  async (text) => {
    await writeSession(file, session);
    await writeFile(file, text);
    await expect(readSession(file)).rejects.toMatchObject({
      code: "login.session-invalid",
      message: `${file} does not hold a login`,
    });
    expect(await readableSession(file)).toBeUndefined();
  },
);

test("the region on this machine keeps its own session; other environments have one each in the user's configuration", () => {
  const variables = { FALCONRY_DIRECTORY: "/region", XDG_CONFIG_HOME: "/home/grace/configuration" };
  expect(sessionFile("local", variables)).toBe("/region/session.json");
  expect(sessionFile("production", variables)).toBe("/home/grace/configuration/falconry/production.json");
  expect(sessionFile("../../production", variables)).toBe("/home/grace/configuration/falconry/..%2F..%2Fproduction.json");
});
