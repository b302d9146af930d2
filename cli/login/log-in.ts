import { userInfo } from "node:os";
import { z } from "zod";
import { localUsers, localUsersFile, presentPerson } from "./local-users.ts";
import { sessionOf } from "./login.ts";
import type { Person } from "./person.ts";
import { type LoginPlace, withPool } from "./pool.ts";
import { readableSession, sessionFile, writeSession } from "./session-file.ts";
import { signIn, type Tokens } from "./sign-in.ts";

export interface LoggedIn {
  environment: string;
  user: string;
  /** What the user may do: `scientist` asks, `approver` approves, `operator` rolls back. */
  groups: string[];
  /** Until when it lasts without a refresh. ISO 8601. */
  expires: string;
  /** Where password and authenticator were, when nobody had to give them: users that `falconry local up` made. */
  credentials: string | null;
}

/**
 * Logs in and keeps the session in place of the one before.
 *
 * @param named the user; default: who logged in last, else in the local region its first user, elsewhere the name on this machine
 * @param asked answers for a user who is not the local region's own
 * @throws FalconryError those of {@link signIn}
 */
export async function logIn(
  { descriptor }: { descriptor: LoginPlace },
  named: string | undefined,
  asked: Person,
  now: () => Date,
): Promise<LoggedIn> {
  const { environment } = descriptor;
  const file = sessionFile(environment);
  const users = environment === "local" ? await localUsers() : [];
  const user = named ?? (await readableSession(file))?.user ?? users[0]?.name ?? userInfo().username;
  const local = users.find(({ name }) => name === user);
  const person = local === undefined ? asked : presentPerson(local, now);
  const tokens = await withPool(descriptor, (pool) => signIn(pool, user, person));
  const claims = claimsOf(tokens);
  // The pool takes a name in any case: what counts from here on is the one that its tokens vouch for.
  const session = sessionOf(descriptor, claims.username, tokens, now());
  await writeSession(file, session);
  return {
    environment,
    user: session.user,
    groups: claims["cognito:groups"],
    expires: session.expires,
    credentials: local === undefined ? null : localUsersFile(),
  };
}

/** For people to see, and for the session to be named by. Whoever grants something by a group checks the token's signature. */
function claimsOf({ accessToken }: Tokens): z.infer<typeof claimsSchema> {
  const [, claims = ""] = accessToken.split(".");
  return claimsSchema.parse(JSON.parse(Buffer.from(claims, "base64url").toString("utf8")));
}

const claimsSchema = z.object({ username: z.string().min(1), "cognito:groups": z.array(z.string()).default([]) });
