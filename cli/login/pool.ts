import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { Descriptor } from "@falconry/environment/descriptor.ts";
import { clientTimeouts, localCredentials } from "@falconry/environment/environment.ts";
import type { Pool } from "./sign-in.ts";

/** As much of an environment as a login needs. */
export type LoginPlace = Pick<Descriptor, "environment" | "region" | "identity" | "services">;

/** Works with an environment's user pool. What is asked of it here needs no AWS credentials: it is how people get some. */
export async function withPool<Result>({ region, identity, services }: LoginPlace, work: (pool: Pool) => Promise<Result>): Promise<Result> {
  const { awsEndpointUrl } = services;
  const emulated = awsEndpointUrl === undefined ? {} : { endpoint: awsEndpointUrl, credentials: localCredentials };
  const cognito = new CognitoIdentityProviderClient({ region, requestHandler: clientTimeouts, ...emulated });
  try {
    return await work({ cognito, client: identity.client });
  } finally {
    cognito.destroy();
  }
}
