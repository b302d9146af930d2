import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Descriptor } from "@falconry/environment/descriptor.ts";
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from "jose";

/** A moment in which every token of a test is made. */
export const loginTime = new Date("2026-11-21T12:00:00.000Z");

/** A critical extension that this pool's signer knows, and no verifier. */
export const unknownExtension = "urn:trial";

type Claims = Record<string, unknown>;

/** A user pool as far as a control plane sees of one: it signs tokens, and publishes its keys. */
export interface TrialPool extends AsyncDisposable {
  identity: Descriptor["identity"];
  /** How often its keys were fetched. */
  fetches(): number;
  /** An access token; a claim that is undefined is left out. */
  token(claims?: Claims, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** The same, signed by a key that the pool does not have under the name of one that it has. */
  forged(): Promise<string>;
  /** The same, signed by HMAC, with the pool's public key for a secret. */
  signedWithPublicKey(): Promise<string>;
  /** The same, unsigned. */
  unsigned(): string;
}

export async function startPool(): Promise<TrialPool> {
  const [{ publicKey, privateKey }, stranger] = await Promise.all([generateKeyPair("RS256"), generateKeyPair("RS256")]);
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "access-key", use: "sig", alg: "RS256" }] };
  let fetches = 0;
  const server = createServer((_, response) => {
    fetches += 1;
    response.setHeader("content-type", "application/json").end(JSON.stringify(keys));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const identity = {
    userPool: "trial",
    client: "cli",
    issuer: "https://cognito-idp.us-east-1.amazonaws.com/trial",
    keysUrl: `http://127.0.0.1:${port}/trial/.well-known/jwks.json`,
  };
  const issued = (claims: Claims) => accessClaims(identity, claims);
  return {
    identity,
    fetches: () => fetches,
    token: (claims = {}, header = {}) =>
      new SignJWT(issued(claims))
        .setProtectedHeader({ alg: "RS256", kid: "access-key", ...header })
        .sign(privateKey, { crit: { [unknownExtension]: true } }),
    forged: () => new SignJWT(issued({})).setProtectedHeader({ alg: "RS256", kid: "access-key" }).sign(stranger.privateKey),
    async signedWithPublicKey() {
      const secret = new TextEncoder().encode(await exportSPKI(publicKey));
      return new SignJWT(issued({})).setProtectedHeader({ alg: "HS256", kid: "access-key" }).sign(secret);
    },
    unsigned: () => `${encoded({ alg: "none", kid: "access-key" })}.${encoded(issued({}))}.`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}

function accessClaims({ issuer, client }: Descriptor["identity"], claims: Claims): Claims {
  const now = seconds(loginTime);
  const all: Claims = {
    sub: "a3f63533",
    iss: issuer,
    token_use: "access",
    iat: now,
    exp: now + 3600,
    jti: "7aa733ac",
    client_id: client,
    auth_time: now,
    scope: "aws.cognito.signin.user.admin",
    username: "ada",
    "cognito:groups": ["scientist", "approver", "operator"],
    ...claims,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
