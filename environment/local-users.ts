import { join } from "node:path";
import { z } from "zod";

/** The users of a region, each in the group of that name. */
export const userNames = ["scientist", "approver", "operator"] as const;

const userSchema = z.object({ name: z.enum(userNames), password: z.string(), totpSecret: z.string() });

/** What stands in `users.json`: what each of them would know, and what its authenticator would. */
export const usersSchema = z.object({ users: z.array(userSchema) });

export type LocalUser = z.infer<typeof userSchema>;

/** @param directory the region's folder */
export function usersFile(directory: string): string {
  return join(directory, "users.json");
}
