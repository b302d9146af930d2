import { FalconryError } from "@falconry/environment/error.ts";

/** What was given to the user pool when it refused. */
export type Given = "password" | "new password" | "code" | "session";

/**
 * A refusal of the user pool as a person's mistake. The pool says nothing about whether a user exists, and neither does this.
 *
 * @returns undefined for every other kind of failure
 */
export function asRefusal(thrown: unknown, given: Given): FalconryError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const words = thrown.message.replace(/\.$/, "");
  switch (thrown.name) {
    case "InvalidParameterException":
      return given === "session"
        ? undefined
        : new FalconryError("login.refused", {
            message: `the user pool cannot read what was typed: ${words}`,
            hint: "Check the user's name, and log in again",
            cause: thrown,
          });
    case "NotAuthorizedException":
    case "UserNotFoundException":
    case "UserNotConfirmedException":
    case "PasswordResetRequiredException":
    case "RefreshTokenReuseException":
      return given === "session"
        ? new FalconryError("login.expired", { message: `the login has ended: ${words}`, hint: "Run: falconry login", cause: thrown })
        : new FalconryError("login.refused", {
            message: `the user pool refuses this login: ${words}`,
            hint:
              given === "password"
                ? "Check the user's name and password, and log in again"
                : "Log in again; between the password and the last code no more than 15 minutes may pass",
            cause: thrown,
          });
    case "CodeMismatchException":
    case "EnableSoftwareTokenMFAException":
    case "ExpiredCodeException":
      return new FalconryError("login.code-refused", {
        message: `the user pool refuses the code: ${words}`,
        hint: "Wait for the authenticator's next code, check this machine's clock, and log in again",
        cause: thrown,
      });
    case "InvalidPasswordException":
      return new FalconryError("login.password-refused", {
        message: `the user pool does not take the new password: ${words}`,
        hint: "Log in again with the old password, and choose a longer new one",
        cause: thrown,
      });
    case "TooManyRequestsException":
    case "TooManyFailedAttemptsException":
    case "LimitExceededException":
      return new FalconryError("login.throttled", {
        message: `the user pool takes no more logins for now: ${words}`,
        hint: "Wait some minutes, and log in again",
        cause: thrown,
      });
    default:
      return undefined;
  }
}
