import { isDeepStrictEqual } from "node:util";
import type { Properties } from "../provider/resource-type.ts";

/**
 * Names of the inputs that are not what was recorded, sorted. The live state is never asked: what promotion or a person changed since is theirs.
 *
 * @param ignoreChanges inputs that are left as they were recorded
 */
export function changedInputs(recorded: Properties, wanted: Properties, ignoreChanges: readonly string[]): string[] {
  return [...new Set([...Object.keys(recorded), ...Object.keys(wanted)])]
    .filter((key) => !ignoreChanges.includes(key) && !isDeepStrictEqual(recorded[key], wanted[key]))
    .sort();
}

/** The wanted inputs, with the recorded values of those whose changes are ignored. */
export function withIgnored(recorded: Properties, wanted: Properties, ignoreChanges: readonly string[]): Properties {
  const kept = ignoreChanges.filter((key) => key in recorded).map((key) => [key, recorded[key]]);
  return { ...wanted, ...Object.fromEntries(kept) };
}
