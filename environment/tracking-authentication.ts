import type { Authentication, AwsCredentials } from "mlflow-client";
import type { Descriptor } from "./descriptor.ts";
import { FalconryError } from "./error.ts";

/**
 * How the environment's MLflow is told who asks: nobody in particular, or AWS's credentials where SageMaker manages it.
 *
 * @throws FalconryError `environment.tracking-authentication`
 */
export function trackingAuthentication(
  { environment, tracking }: Pick<Descriptor, "environment" | "tracking">,
  credentials: () => Promise<AwsCredentials>,
): Authentication {
  if (tracking.authentication.type === "none") return { type: "none" };
  if (tracking.uri.startsWith("arn:")) return { type: "sigv4", trackingServerArn: tracking.uri, credentials };
  throw new FalconryError("environment.tracking-authentication", {
    message: `environment "${environment}": MLflow at ${tracking.uri} is to be asked with a signature (sigv4), which only SageMaker's own wants`,
    hint: "Give the ARN of the tracking server as its URI, or no authentication where it stands inside the environment's own network",
  });
}
