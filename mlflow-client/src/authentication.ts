import { type AwsCredentials, type SignableRequest, sign } from "./sigv4.ts";

/** How the tracking server is told who asks. What is a function is asked before each request. */
export type Authentication =
  | { type: "none" }
  | { type: "basic"; username: string; password: string }
  | { type: "bearer"; token: string | (() => string | Promise<string>) }
  | {
      /** MLflow managed by SageMaker, as Python's client has it (https://github.com/aws/sagemaker-mlflow). */
      type: "sigv4";
      /** `arn:aws:sagemaker:<region>:<account>:mlflow-tracking-server/<name>` */
      trackingServerArn: string;
      /** As the AWS SDK's credential providers, `fromNodeProviderChain()` say. */
      credentials: () => Promise<AwsCredentials>;
    };

/** @returns the headers of a request that say who asks */
export type Authenticate = (request: SignableRequest) => Promise<Record<string, string>>;

export function authenticator(authentication: Authentication, now: () => number): Authenticate {
  switch (authentication.type) {
    case "none":
      return async () => ({});
    case "basic": {
      const { username, password } = authentication;
      const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
      return async () => ({ authorization });
    }
    case "bearer": {
      const { token } = authentication;
      return async () => ({ authorization: `Bearer ${typeof token === "string" ? token : await token()}` });
    }
    case "sigv4":
      return (request) => sageMakerHeaders(request, authentication, new Date(now()));
  }
}

async function sageMakerHeaders(
  request: SignableRequest,
  { trackingServerArn, credentials }: Extract<Authentication, { type: "sigv4" }>,
  at: Date,
): Promise<Record<string, string>> {
  const route = { "x-mlflow-sm-tracking-server-arn": trackingServerArn };
  const [, , , region = ""] = trackingServerArn.split(":");
  const headers = { ...request.headers, ...route };
  return {
    ...route,
    ...(await sign({ ...request, headers }, { region, service: "sagemaker-mlflow", credentials: await credentials(), at })),
  };
}

/** The address of the tracking server that SageMaker manages under an ARN; a URL is its own. */
export function serverUrl(trackingUri: string): string {
  const [, region] = /^arn:aws(?:-us-gov)?:sagemaker:([^:]+):\d+:mlflow-/.exec(trackingUri) ?? [];
  return region === undefined ? trackingUri : `https://${region}.experiments.sagemaker.aws`;
}
