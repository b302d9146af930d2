import { readFile } from "node:fs/promises";
import { type LocalUser, usersFile, usersSchema } from "@falconry/environment/local-users.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { TOTP } from "otpauth";
import type { Person } from "./person.ts";

/** The users that `falconry local up` made, with what an authenticator would know of them; none where the region has not been up yet. */
export async function localUsers(file: string = localUsersFile()): Promise<LocalUser[]> {
  try {
    return usersSchema.parse(JSON.parse(await readFile(file, "utf8"))).users;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

export function localUsersFile(): string {
  return usersFile(regionFolder());
}

/** A user whose password and authenticator are at hand: it logs in as anybody does, and nobody has to type. */
export function presentPerson({ password, totpSecret }: LocalUser, now: () => Date): Person {
  return {
    password: async () => password,
    code: async () => new TOTP({ secret: totpSecret }).generate({ timestamp: now().getTime() }),
    newPassword: () => Promise.reject(new Error("a local user has had its own password since it was made")),
    enrol() {
      throw new Error("a local user has had its authenticator since it was made");
    },
  };
}
