import { FalconryError } from "@falconry/environment/error.ts";
import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Identity } from "./identity.ts";

/** Requests per minute that one process takes. */
export interface Limits {
  /** From one address (an IPv6 network of 64 bits is one), whoever asks. @default 3000 */
  perAddress?: number;
  /** Of one login. @default 1200 */
  perPerson?: number;
}

/** Throws, and says `retry-after`, when there were too many. */
export interface Limiter {
  address(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  person(request: FastifyRequest, reply: FastifyReply, who: Identity): Promise<void>;
}

const timeWindow = "1 minute";

/** @returns throws FalconryError `control-plane.too-many-requests` */
export async function limiter(app: FastifyInstance, { perAddress = 3_000, perPerson = 1_200 }: Limits): Promise<Limiter> {
  await app.register(rateLimit, { global: false });
  const people = new WeakMap<FastifyRequest, Identity>();
  const ofAddress = app.createRateLimit({ max: perAddress, timeWindow });
  const ofPerson = app.createRateLimit({ max: perPerson, timeWindow, keyGenerator: (request) => people.get(request)?.name ?? "" });
  return {
    async address(request, reply) {
      refuse(reply, await ofAddress(request), "this address");
    },
    async person(request, reply, who) {
      people.set(request, who);
      refuse(reply, await ofPerson(request), who.name);
    },
  };
}

type Count = { isAllowed: true } | { isAllowed: false; isExceeded: boolean; max: number; ttlInSeconds: number };

function refuse(reply: FastifyReply, count: Count, who: string): void {
  if (count.isAllowed || !count.isExceeded) return;
  reply.header("retry-after", count.ttlInSeconds);
  throw new FalconryError("control-plane.too-many-requests", {
    message: `more than ${count.max} requests a minute came from ${who}`,
    hint: `Wait ${count.ttlInSeconds} seconds`,
  });
}
