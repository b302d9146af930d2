import { FalconryError } from "@falconry/environment/error.ts";
import { type Group, groups, type Identity } from "./identity.ts";

/** An approval needs password and second factor within so many minutes before it. */
const freshLoginMinutes = 15;

/** Who may call a route. */
export interface Permission {
  /** One of these is needed. */
  groups: readonly Group[];
  /** The login must be of the last {@link freshLoginMinutes} minutes. */
  freshLogin?: boolean;
}

export const anybody: Permission = { groups };

/** @throws FalconryError `control-plane.not-allowed`, `control-plane.login-too-old` */
export function requirePermission(who: Identity, permission: Permission, now: Date): void {
  if (!permission.groups.some((group) => who.groups.has(group))) throw notAllowed(who, permission.groups);
  if (!permission.freshLogin) return;
  const minutes = (now.getTime() - who.loggedIn.getTime()) / 60_000;
  if (minutes <= freshLoginMinutes) return;
  throw new FalconryError("control-plane.login-too-old", {
    message: `${who.name} logged in ${Math.floor(minutes)} minutes ago; this needs a login with the second factor in the last ${freshLoginMinutes}`,
    hint: "Run: falconry login, then the same again",
  });
}

export function notAllowed(who: Identity, allowed: readonly Group[]): FalconryError {
  const has = [...who.groups].join(", ");
  return new FalconryError("control-plane.not-allowed", {
    message: `${who.name} is ${has === "" ? "in no group that may do anything here" : `in the group ${has}`}; this is for the group ${allowed.join(" or ")}`,
    hint: "Log in as somebody who may: falconry login <user>",
  });
}
