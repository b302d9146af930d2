import { dirname } from "node:path";
import { localCredentials, localRegionName } from "@falconry/environment/environment.ts";

/** A process that belongs to a region carries the region's folder in this variable: how leftovers are found. */
export const regionVariable = "FALCONRY_REGION";

/**
 * The environment that every service starts with. Chosen, not inherited: the user's AWS profile, proxy or Python settings
 * reach no service.
 */
export function ownVariables(folder: string, user: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept = ["HOME", "LANG", "LC_ALL", "TZ"].flatMap((name) => (user[name] ? [[name, user[name]]] : []));
  return {
    ...Object.fromEntries(kept),
    // The emulator runs Lambda code with the `node` of its PATH: this one.
    PATH: [dirname(process.execPath), user.PATH].filter(Boolean).join(":"),
    TMPDIR: `${folder}/tmp`,
    [regionVariable]: folder,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_DEFAULT_REGION: localRegionName,
    AWS_REGION: localRegionName,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
