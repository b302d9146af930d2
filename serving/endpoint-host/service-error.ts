/** An error as SageMaker answers it: `code` and `message` are what SDKs show. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members of the answer beside the message, as `OriginalStatusCode` of a ModelError. */
  readonly members: Record<string, unknown>;

  constructor(code: string, status: number, message: string, members: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

export function validation(message: string): ServiceError {
  return new ServiceError("ValidationException", 400, message);
}

/** The host does not do what SageMaker would: said, never skipped. */
export function notEmulated(what: string): ServiceError {
  return validation(`${what} is not emulated by this endpoint host`);
}
