import { FalconryError } from "@falconry/environment/error.ts";
import { type ErrorCode, errorCatalogue } from "@falconry/environment/error-catalogue.ts";
import { unreachable } from "@falconry/environment/unreachable.ts";

export const maxBodyBytes = 16 * 1024;

/** Where the code says more than its exit code does. */
const particular: Partial<Record<ErrorCode, number>> = {
  "control-plane.no-token": 401,
  "control-plane.token-refused": 401,
  "control-plane.not-allowed": 403,
  "control-plane.login-too-old": 403,
  "registry.four-eyes": 403,
  "control-plane.route": 404,
  "environment.no-endpoint": 404,
  "registry.promotion-unknown": 404,
  "registry.version-unknown": 404,
  "control-plane.too-large": 413,
  "control-plane.too-many-requests": 429,
};
/** A bug, usage, a refusal by rule or state, a service that cannot be reached. */
const byExitCode = { 1: 500, 2: 400, 3: 409, 4: 503 };

export function httpStatus(code: ErrorCode): number {
  return particular[code] ?? byExitCode[errorCatalogue[code].exit];
}

/** @returns undefined for a bug */
export function mistakeOf(thrown: unknown): FalconryError | undefined {
  if (thrown instanceof FalconryError) return thrown;
  return unreachable(thrown) ?? mistakeOfTransport(thrown);
}

/** What the HTTP server refuses before a route is asked. */
function mistakeOfTransport(thrown: unknown): FalconryError | undefined {
  if (!(thrown instanceof Error) || !("statusCode" in thrown)) return undefined;
  switch (thrown.statusCode) {
    case 413:
      return new FalconryError("control-plane.too-large", {
        message: `the request's body is larger than ${maxBodyBytes} bytes`,
        hint: "Give a shorter reason",
      });
    case 415:
      return new FalconryError("control-plane.request", { message: "the request's body is no JSON", hint: "Send it as application/json" });
    case 400:
    case 414:
      return malformed();
    default:
      return undefined;
  }
}

/** The words of the server itself may repeat what was sent: they are not passed on. */
export function malformed(): FalconryError {
  return new FalconryError("control-plane.request", {
    message: "the request is malformed",
    hint: "Send a whole HTTP request with a well-formed address and JSON body",
  });
}
