import { managedServer } from "./sagemaker.ts";
import { type AwsCredentials, type SignableRequest, sign } from "./sigv4.ts";

/** How the tracking server is told who asks. What is a function is asked before each request. */
export type Authentication =
  | { type: "none" }
  | { type: "basic"; username: string; password: string }
  | { type: "bearer"; token: string | (() => string | Promise<string>) }
  | {
      /** MLflow managed by SageMaker. */
      type: "sigv4";
      /** `arn:aws:sagemaker:<region>:<account>:mlflow-tracking-server/<name>` or `…:mlflow-app/<id>` */
      trackingServerArn: string;
      /** As the AWS SDK's credential providers, `fromNodeProviderChain()` say. */
      credentials: () => Promise<AwsCredentials>;
    };

/** @returns the headers of a request that say who asks */
export type Authenticate = (request: SignableRequest) => Promise<Record<string, string>>;

/** @throws TypeError for an ARN that is none of SageMaker's MLflow */
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
      return sageMakerHeaders(authentication, now);
  }
}

function sageMakerHeaders({ trackingServerArn, credentials }: Extract<Authentication, { type: "sigv4" }>, now: () => number): Authenticate {
  const server = managedServer(trackingServerArn);
  if (server === undefined) throw new TypeError(`"${trackingServerArn}" is no ARN of an MLflow that SageMaker manages`);
  const { region, service, route } = server;
  return async (request) => {
    const headers = { ...request.headers, ...route };
    const setting = { region, service, credentials: await credentials(), at: new Date(now()) };
    return { ...route, ...(await sign({ ...request, headers }, setting)) };
  };
}
