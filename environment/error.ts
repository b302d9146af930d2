import { type ErrorCode, errorCatalogue } from "./error-catalogue.ts";

export interface ErrorText {
  /** What is wrong and where: the offending value, its file, row and column. One line. */
  message: string;
  /** What to do next, one line. */
  hint: string;
  cause?: unknown;
}

/** A mistake that a person can mend. Shown as two lines without a stack trace; everything else thrown is a bug. */
export class FalconryError extends Error {
  override readonly name = "FalconryError";
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, text: ErrorText) {
    super(text.message, text.cause === undefined ? undefined : { cause: text.cause });
    this.code = code;
    this.hint = text.hint;
  }

  /** What the `falconry` command exits with: 2 usage, 3 refused, 4 an environment that cannot be reached. */
  get exitCode(): number {
    return errorCatalogue[this.code].exit;
  }
}
