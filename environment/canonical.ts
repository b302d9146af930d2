import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/**
 * JSON with one spelling per value (RFC 8785): keys sorted, no spaces, shortest numbers.
 *
 * @throws TypeError for what JSON cannot say (NaN, Infinity, undefined, a cycle)
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError("undefined has no JSON");
  return text;
}

/** SHA-256 in 64 lower-case hex digits. A string is hashed as UTF-8. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
