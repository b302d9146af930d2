import { SageMakerServiceException } from "@aws-sdk/client-sagemaker";

/** SageMaker will not do what it was asked for; asking again changes nothing. The API models none of these errors but by name. */
export function isRefusal(error: unknown): error is SageMakerServiceException {
  if (!(error instanceof SageMakerServiceException)) return false;
  return error.name === "ValidationException" || error.name === "ResourceLimitExceeded" || error.name === "ResourceInUse";
}

/** The role that asks may not look. */
export function isForbidden(error: unknown): error is SageMakerServiceException {
  return error instanceof SageMakerServiceException && /^AccessDenied/.test(error.name);
}

/** An update is under way, ours or somebody else's: that passes. */
export function isInProgress(error: unknown): boolean {
  return isRefusal(error) && /in-progress/i.test(error.message);
}

/** What is not there is a ValidationException too: only the text tells. */
export async function ifThere<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRefusal(error) && /could not find|does not exist/i.test(error.message)) return undefined;
    throw error;
  }
}
