import { FalconryError } from "@falconry/environment/error.ts";
import type { LoginPlace } from "./pool.ts";
import { readableSession, readSession, requirePrivate, type Session, sessionFile, writeSession } from "./session-file.ts";
import type { Tokens } from "./sign-in.ts";

/** An access token that ends sooner is exchanged for a new one: it must outlast the request. */
const refreshAheadSeconds = 60;
const SECOND = 1_000;

/** Who is logged in. */
export interface Login {
  user: string;
  /** An access token that is good for the next minute at least; refreshed, and kept, without a word. */
  token(): Promise<string>;
}

/**
 * The login at hand in an environment.
 *
 * @throws FalconryError `login.needed`, `login.session-exposed`, `login.session-invalid`
 */
export async function requireLogin(descriptor: LoginPlace, now: () => Date): Promise<Login> {
  const file = sessionFile(descriptor.environment);
  const kept = await readSession(file);
  if (kept === undefined) throw needed(`nobody is logged in to ${descriptor.environment}`);
  await requirePrivate(file);
  const { issuer, client } = descriptor.identity;
  if (kept.issuer !== issuer || kept.client !== client) {
    throw needed(`the login of ${kept.user} is for another user pool than ${descriptor.environment} has now`);
  }
  let session: Session = kept;
  return {
    user: kept.user,
    async token() {
      if (new Date(session.expires).getTime() - now().getTime() < refreshAheadSeconds * SECOND) {
        session = await refreshed(descriptor, session, now());
        await replace(file, session);
      }
      return session.accessToken;
    },
  };
}

/** A login of this moment, as its file keeps it. */
export function sessionOf({ identity }: LoginPlace, user: string, tokens: Tokens, now: Date): Session {
  const { accessToken, refreshToken, expiresIn } = tokens;
  const expires = new Date(now.getTime() + expiresIn * SECOND).toISOString();
  return { user, issuer: identity.issuer, client: identity.client, accessToken, refreshToken, expires };
}

/** A refreshed session takes the place of itself only: somebody may have logged in, or out, since this one was read. */
async function replace(file: string, session: Session): Promise<void> {
  const standing = await readableSession(file);
  if (standing?.refreshToken === session.refreshToken) await writeSession(file, session);
}

async function refreshed(descriptor: LoginPlace, { user, refreshToken }: Session, now: Date): Promise<Session> {
  const [{ withPool }, { refresh }] = await Promise.all([import("./pool.ts"), import("./sign-in.ts")]); // only now: they load the AWS SDK
  const tokens = await withPool(descriptor, (pool) => refresh(pool, refreshToken));
  return sessionOf(descriptor, user, { ...tokens, refreshToken }, now);
}

function needed(why: string): FalconryError {
  return new FalconryError("login.needed", { message: why, hint: "Run: falconry login" });
}
