import type { Authentication, AwsCredentials } from "mlflow-client";
import type { Descriptor } from "./descriptor.ts";
import { FalconryError } from "./error.ts";

interface Secrets {
  /** Variables of the process. */
  variables: Readonly<Record<string, string | undefined>>;
  aws: () => Promise<AwsCredentials>;
}

const managedBySageMaker = /^arn:aws(-us-gov)?:sagemaker:[a-z0-9-]+:\d{12}:mlflow-(tracking-server|app)\/./;

/**
 * How the environment's MLflow is told who asks: not at all; by a name and a password or by a token, from the variables that Python's
 * client reads, too; by a signature with AWS's credentials where SageMaker manages it.
 *
 * @throws FalconryError `environment.tracking-authentication`
 */
export function trackingAuthentication(
  { environment, tracking }: Pick<Descriptor, "environment" | "tracking">,
  { variables, aws }: Secrets,
): Authentication {
  switch (tracking.authentication.type) {
    case "none":
      return { type: "none" };
    case "basic":
      return { type: "basic", username: secret("MLFLOW_TRACKING_USERNAME"), password: secret("MLFLOW_TRACKING_PASSWORD") };
    case "bearer":
      return { type: "bearer", token: secret("MLFLOW_TRACKING_TOKEN") };
    case "sigv4":
      if (managedBySageMaker.test(tracking.uri)) return { type: "sigv4", trackingServerArn: tracking.uri, credentials: aws };
      throw new FalconryError("environment.tracking-authentication", {
        message: `environment "${environment}": MLflow at ${tracking.uri} is to be asked with a signature (sigv4), which only SageMaker's own wants`,
        hint: "Give the ARN of the tracking server as its URI, or another authentication",
      });
  }

  function secret(variable: string): string {
    const value = variables[variable];
    if (value !== undefined && value !== "") return value;
    throw new FalconryError("environment.tracking-authentication", {
      message: `environment "${environment}": MLflow at ${tracking.uri} asks who asks (${tracking.authentication.type}), and ${variable} is not set`,
      hint: `Set ${variable}, as for Python's client`,
    });
  }
}
