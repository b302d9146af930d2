import { MlflowError } from "mlflow-client";
import { FalconryError } from "./error.ts";

const connectionFailures = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EHOSTUNREACH", "ETIMEDOUT", "EPIPE"]);

/**
 * Recognises the failure to reach a service, whichever client met it.
 *
 * @returns undefined for every other kind of failure
 */
export function unreachable(thrown: unknown): FalconryError | undefined {
  if (thrown instanceof MlflowError && (thrown.code === "UNREACHABLE" || thrown.code === "TIMEOUT")) return unreachableError(thrown);
  return connectionFailures.has(systemCode(thrown)) ? unreachableError(thrown) : undefined;
}

function unreachableError(cause: unknown): FalconryError {
  return new FalconryError("environment.unreachable", {
    message: `a service of the environment does not answer: ${cause instanceof Error && cause.message ? cause.message : systemCode(cause)}`,
    hint: "On this machine run: falconry local up; on AWS check the network and the credentials",
    cause,
  });
}

/** Node's system error code, also of the first error that an AggregateError (both IP families failed) or a cause holds. */
function systemCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  if ("code" in thrown && typeof thrown.code === "string" && connectionFailures.has(thrown.code)) return thrown.code;
  if (thrown instanceof AggregateError) return systemCode(thrown.errors[0]);
  return systemCode(thrown.cause);
}
