import type { LoggedIn } from "../login/log-in.ts";
import type { LoggedOut } from "../login/log-out.ts";

export function renderLogin({ environment, user, groups, credentials }: LoggedIn): string {
  const group = groups.length === 0 ? "in no group, so that nothing is allowed" : `in the group ${groups.join(", ")}`;
  const present = credentials === null ? "" : `\nPassword and authenticator were taken from ${credentials}, which falconry local up made`;
  return `Logged in to ${environment} as ${user}, ${group}${present}`;
}

export function renderLogout({ environment, user }: LoggedOut): string {
  return user === null ? `Nobody was logged in to ${environment}` : `${user} is logged out of ${environment}`;
}
