import { MlflowError } from "./error.ts";
import { type RetrySettings, withRetries } from "./retry.ts";

export interface PatienceSettings extends Omit<RetrySettings, "attempts"> {
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Tries again for as long as it takes a server that is away to come back, and at most so many seconds. The work must bear being done twice. */
export function whileAway<T>(settings: PatienceSettings, patienceSeconds: number, work: () => Promise<T>): Promise<T> {
  const begun = settings.now();
  const mayPass = (error: unknown) => isAway(error) && settings.now() - begun < patienceSeconds * 1000;
  return withRetries({ ...settings, attempts: Number.POSITIVE_INFINITY }, mayPass, work);
}

/** Nobody answers, or only a proxy. */
function isAway(error: unknown): boolean {
  return error instanceof MlflowError && (error.code === "UNREACHABLE" || [502, 503, 504].includes(error.status ?? 0));
}
