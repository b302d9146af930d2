import { FalconryError } from "@falconry/environment/error.ts";
import { type LoginPlace, withPool } from "./pool.ts";
import { readableSession, removeSession, type Session, sessionFile } from "./session-file.ts";
import { signOut } from "./sign-in.ts";

export interface LoggedOut {
  environment: string;
  /** null where nobody was logged in. */
  user: string | null;
}

/**
 * Ends the login, so that no copy of it can be refreshed any more, and forgets it on this machine. A copy of its access token is good until it expires, within an hour.
 *
 * @throws FalconryError `login.not-ended` – it is forgotten on this machine all the same
 */
export async function logOut(environmentName: string, open: () => Promise<{ descriptor: LoginPlace }>): Promise<LoggedOut> {
  const file = sessionFile(environmentName);
  const session = await readableSession(file);
  try {
    if (session !== undefined) await end(session, open);
  } finally {
    await removeSession(file);
  }
  return { environment: environmentName, user: session?.user ?? null };
}

async function end({ user, client, refreshToken }: Session, open: () => Promise<{ descriptor: LoginPlace }>): Promise<void> {
  try {
    const { descriptor } = await open();
    await withPool(descriptor, (pool) => signOut({ ...pool, client }, refreshToken));
  } catch (cause) {
    throw new FalconryError("login.not-ended", {
      message: `the login of ${user} was removed from this machine, but the user pool did not end it: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "A copy of it could be refreshed until its working day is over: where there may be one, have the pool's administrator sign the user out",
      cause,
    });
  }
}
