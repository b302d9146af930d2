import type { Environment } from "@falconry/environment/environment.ts";
import { withPool } from "./pool.ts";
import { readableSession, removeSession, sessionFile } from "./session-file.ts";
import { signOut } from "./sign-in.ts";

export interface LoggedOut {
  environment: string;
  /** null where nobody was logged in. */
  user: string | null;
}

/** Forgets the session on this machine, then ends its tokens, wherever a copy of them may be. */
export async function logOut(environmentName: string, open: () => Promise<Environment>): Promise<LoggedOut> {
  const file = sessionFile(environmentName);
  const session = await readableSession(file);
  await removeSession(file);
  if (session !== undefined) {
    const { descriptor } = await open();
    await withPool(descriptor, (pool) => signOut({ ...pool, client: session.client }, session.refreshToken));
  }
  return { environment: environmentName, user: session?.user ?? null };
}
