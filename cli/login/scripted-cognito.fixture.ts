import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { LoginPlace } from "./pool.ts";

/** What a scripted user pool was asked. */
export interface Asked {
  operation: string;
  request: Record<string, unknown>;
}

/** A user pool that gives one prepared answer after the other: for what the emulator does otherwise than Cognito documents it. */
export interface ScriptedCognito extends AsyncDisposable {
  url: string;
  asked: Asked[];
  client(): CognitoIdentityProviderClient;
}

/** @param answers an answer's document; with a member `__type` it is that error */
export async function scriptedCognito(answers: Record<string, unknown>[]): Promise<ScriptedCognito> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const [, operation = ""] = String(request.headers["x-amz-target"]).split(".");
    const answer = answers[asked.length] ?? { __type: "InternalErrorException", message: "no answer is left" };
    asked.push({ operation, request: (await json(request)) as Record<string, unknown> });
    response.writeHead("__type" in answer ? 400 : 200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError(`no port in ${address}`);
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    asked,
    client: () => new CognitoIdentityProviderClient({ region: "us-east-1", endpoint: url, maxAttempts: 1 }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** An environment whose user pool answers at `url`. */
export function loginPlace(environment: string, url: string): LoginPlace {
  return {
    environment,
    region: "us-east-1",
    identity: { userPool: "us-east-1_a", client: "app", issuer: "https://issuer/us-east-1_a", keysUrl: "https://issuer/keys" },
    services: { awsEndpointUrl: url },
  };
}
