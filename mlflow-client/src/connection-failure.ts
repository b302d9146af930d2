const neverConnected = new Set(["ECONNREFUSED", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);
const connectionBroke = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** Why `fetch` failed, as the system says it: `fetch` throws a TypeError whose cause is the socket's error. */
export interface ConnectionFailure {
  /**
   * What became of the request: `unsent` the server surely never saw it; `unknown` the connection broke, and the server may have
   * carried it out; `hopeless` it will fare no better again (a host that does not exist, a bad certificate).
   */
  fate: "unsent" | "unknown" | "hopeless";
  reason: string;
}

export function connectionFailure(error: unknown): ConnectionFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const text = cause instanceof Error ? cause.message : String(cause);
  return { fate: fateOf(code), reason: text.includes(code) ? text || code : `${code} ${text}` };
}

function fateOf(code: string): ConnectionFailure["fate"] {
  if (neverConnected.has(code)) return "unsent";
  return connectionBroke.has(code) ? "unknown" : "hopeless";
}
