const networkCodes = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"];

/** A resource that came up broken; the message is the service's own reason. */
export class BrokenResource extends Error {
  override readonly name = "BrokenResource";
}

/** @returns in words what a service answered, or why it did not; undefined for an error that is no service's doing */
export function serviceRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isAnswer = "$metadata" in error || error instanceof BrokenResource || error.name === "TimeoutError";
  const isNetwork = "code" in error && networkCodes.includes(String(error.code));
  return isAnswer || isNetwork ? `${error.name}: ${error.message || String("code" in error ? error.code : "")}` : undefined;
}
