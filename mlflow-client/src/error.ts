export interface MlflowErrorDetails {
  /** HTTP status of the answer; undefined where there was none. */
  status: number | undefined;
  code: string;
  message: string;
  method: string;
  path: string;
  cause?: unknown;
}

/**
 * A request that MLflow refused, or that got no usable answer.
 *
 * `code` is MLflow's own (`RESOURCE_DOES_NOT_EXIST`, `INVALID_PARAMETER_VALUE`, …) or one of this client's:
 * `UNREACHABLE` no connection, or it broke; `TIMEOUT` no complete answer in time; `HTTP_<status>` a refusal that is not MLflow's
 * (a proxy's, say); `MALFORMED_ANSWER` an answer without what the API promises; `UNSUPPORTED_ARTIFACT_URI` artifacts that this
 * client cannot reach; `UNSAFE_ARTIFACT_PATH` a path that the server would change or refuse.
 */
export class MlflowError extends Error {
  override readonly name = "MlflowError";
  readonly status: number | undefined;
  readonly code: string;
  readonly method: string;
  /** The request's path below its server's URI. */
  readonly path: string;

  constructor(details: MlflowErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.status = details.status;
    this.code = details.code;
    this.method = details.method;
    this.path = details.path;
  }
}

/** Waits for an answer; undefined where what was asked for does not exist. */
export async function ifExists<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MlflowError && error.code === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw error;
  }
}
