import { sha256 } from "@falconry/environment/canonical.ts";

/** SageMaker allows 63; promotion hangs its own suffix on for configurations and models. */
const MAX_LENGTH = 40;
const HASH_DIGITS = 6;

/** Name of a workload's SageMaker endpoint; one that is too long ends in a hash instead. */
export function endpointName(environment: string, workload: string): string {
  const name = `${environment}-${workload}`;
  if (name.length <= MAX_LENGTH) return name;
  return `${name.slice(0, MAX_LENGTH - HASH_DIGITS - 1)}-${sha256(name).slice(0, HASH_DIGITS)}`;
}
