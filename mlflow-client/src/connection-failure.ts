const neverConnected = new Set(["ECONNREFUSED", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);
const connectionBroke = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/**
 * What became of a request for which `fetch` failed:
 * `unsent` the server surely never saw it; `unknown` the connection broke and the server may have done it; `permanent` asking
 * again will not help (a host that does not exist, a bad certificate).
 */
export type RequestFate = "unsent" | "unknown" | "permanent";

/** Reads the system's error code out of what `fetch` throws: a TypeError whose cause is the socket's error. */
export function connectionFailure(error: unknown): { fate: RequestFate; reason: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const text = cause instanceof Error ? cause.message : String(cause);
  return { fate: fateOf(code), reason: [code, text.replace(code, "").trim()].filter(Boolean).join(" ") };
}

function fateOf(code: string): RequestFate {
  if (neverConnected.has(code)) return "unsent";
  return connectionBroke.has(code) ? "unknown" : "permanent";
}
