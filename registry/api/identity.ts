import type { Descriptor } from "@falconry/environment/descriptor.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";

/** What a login may do: scientists ask, approvers approve, operators roll back. */
export const groups = ["scientist", "approver", "operator"] as const;
export type Group = (typeof groups)[number];

/** Whom an access token vouches for. */
export interface Identity {
  /** The user's name in the pool: stands in every event of the ledger. */
  name: string;
  groups: ReadonlySet<Group>;
  /** When password and second factor were given. A token that was refreshed keeps it. */
  loggedIn: Date;
}

/** Clocks may differ by so much. */
const toleranceSeconds = 5;
const keysTimeoutMilliseconds = 3_000;
const keysMaxAgeMilliseconds = 3_600_000;
/** An unknown key makes the pool's keys be fetched again, at most once in this time: a flood of forged tokens must not become a flood of fetches. */
const keysCooldownMilliseconds = 30_000;

const claimsSchema = z.object({
  token_use: z.literal("access"),
  client_id: z.string(),
  /** Cognito's own pattern of a user's name, which leaves out every space and control character. */
  username: z
    .string()
    .max(128)
    .regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u),
  auth_time: z.number().int().positive(),
  "cognito:groups": z.array(z.string()).default([]),
});

export type VerifyToken = (token: string) => Promise<Identity>;

/**
 * Checks access tokens of one user pool: signed by the pool (RS256), for our app client, for access, within their time.
 *
 * @returns throws FalconryError `control-plane.token-refused`, or `environment.unreachable` where the pool's keys cannot be had
 */
export function tokenVerifier({ issuer, client, keysUrl }: Descriptor["identity"], now: () => Date): VerifyToken {
  const keys = createRemoteJWKSet(new URL(keysUrl), {
    timeoutDuration: keysTimeoutMilliseconds,
    cooldownDuration: keysCooldownMilliseconds,
    cacheMaxAge: keysMaxAgeMilliseconds,
  });
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      throw isAboutTheToken(error) ? error : keysUnreachable(keysUrl, error);
    }
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ["RS256"],
        issuer,
        requiredClaims: ["exp", "iat", "sub"],
        currentDate: now(),
        clockTolerance: toleranceSeconds,
      });
      return identityOf(payload, client, now());
    } catch (error) {
      if (error instanceof errors.JOSEError) throw refused(reasonOf(error), error);
      throw error;
    }
  };
}

function identityOf(payload: object, client: string, now: Date): Identity {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) throw refused(`its claim "${parsed.error.issues[0]?.path.join(".")}" is not that of an access token`);
  const { client_id, username, auth_time, "cognito:groups": named } = parsed.data;
  if (client_id !== client) throw refused("it was made for another client");
  if (auth_time * 1000 > now.getTime() + toleranceSeconds * 1000) throw refused("its login is yet to come");
  return { name: username, groups: new Set(groups.filter((group) => named.includes(group))), loggedIn: new Date(auth_time * 1000) };
}

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

/** In our words: what was sent is never repeated. */
function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "it has expired";
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim "${error.claim}" is not what it must be`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature is not the user pool's";
  if (error instanceof errors.JWKSNoMatchingKey) return "the user pool has no such key";
  if (error instanceof errors.JOSEAlgNotAllowed) return "it is not signed by RS256";
  return "it is no signed token";
}

function refused(reason: string, cause?: unknown): FalconryError {
  return new FalconryError("control-plane.token-refused", {
    message: `the access token is refused: ${reason}`,
    hint: "Run: falconry login",
    cause,
  });
}

function keysUnreachable(keysUrl: string, cause: unknown): FalconryError {
  return new FalconryError("environment.unreachable", {
    message: `the user pool's keys cannot be had from ${keysUrl}`,
    hint: "On this machine run: falconry local up; on AWS check the control plane's way to the internet",
    cause,
  });
}
