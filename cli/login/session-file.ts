import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { FalconryError } from "@falconry/environment/error.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";

const ownerOnly = 0o600;
const othersBits = 0o077;

const sessionSchema = z.strictObject({
  user: z.string().min(1),
  /** The pool and the app client that let the user in: a pool that was made anew knows nothing of an older session. */
  issuer: z.string(),
  client: z.string(),
  accessToken: z.string(),
  refreshToken: z.string(),
  /** Until when the access token is good. */
  expires: z.iso.datetime(),
});

/** Somebody's login in one environment. */
export type Session = z.infer<typeof sessionSchema>;

/** Where the login in an environment stands: one per environment, and per region on this machine. */
export function sessionFile(environment: string, variables: NodeJS.ProcessEnv = process.env): string {
  if (environment === "local") return join(regionFolder(variables), "session.json");
  const configuration = variables.XDG_CONFIG_HOME || join(homedir(), ".config");
  return join(configuration, "falconry", `${encodeURIComponent(environment)}.json`);
}

/**
 * @returns undefined where nobody is logged in
 * @throws FalconryError `login.session-invalid`
 */
export async function readSession(file: string): Promise<Session | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const parsed = sessionSchema.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  throw new FalconryError("login.session-invalid", {
    message: `${file} does not hold a login`, // and what it holds is nobody's business
    hint: "Run: falconry login, which writes it anew",
  });
}

/** The same where a damaged session counts as none, because it is about to be replaced or removed. */
export async function readableSession(file: string): Promise<Session | undefined> {
  try {
    return await readSession(file);
  } catch (error) {
    if (error instanceof FalconryError) return undefined;
    throw error;
  }
}

/** @throws FalconryError `login.session-exposed` – others could have copied the login, or put in their own */
export async function requirePrivate(file: string): Promise<void> {
  const { mode, uid } = await stat(file);
  if ((mode & othersBits) === 0 && uid === process.getuid?.()) return;
  throw new FalconryError("login.session-exposed", {
    message: `others may have read or written the login in ${file}`,
    hint: "Run: falconry logout, which ends it, then: falconry login",
  });
}

/** Written whole or not at all; nobody else may read it. */
export async function writeSession(file: string, session: Session): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFileAtomic(file, `${JSON.stringify(session, null, 2)}\n`, { mode: ownerOnly });
}

export async function removeSession(file: string): Promise<void> {
  await rm(file, { force: true });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
