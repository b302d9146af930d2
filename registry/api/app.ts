import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { FalconryError } from "@falconry/environment/error.ts";
import { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, LogController } from "fastify";
import type { Identity, VerifyToken } from "./identity.ts";
import { type Limits, limiter } from "./limits.ts";
import { httpStatus, malformed, maxBodyBytes, mistakeOf } from "./mistakes.ts";
import { requirePermission } from "./permissions.ts";
import { nobodyKnown, type Refusals } from "./refusals.ts";
import { type ControlledRegistry, type Route, type RouteContext, routes } from "./routes.ts";

const requestTimeoutMilliseconds = 10_000;
const maxParameterCharacters = 100;

export interface ControlPlaneOptions {
  /** The registry, as a person acts on it. */
  registry(actor: string): ControlledRegistry;
  verify: VerifyToken;
  driver: RouteContext["driver"];
  refusals: Pick<Refusals, "record" | "page">;
  now(): Date;
  log: FastifyBaseLogger;
  limits?: Limits;
}

/**
 * The control plane's API. Whatever is asked passes, in this order: address limit, token, login's limit, group and age of the login, size and shape of the
 * body, the registry's own rules. A refusal is `{"error":{"code","message","hint"}}` and stands in the audit trail; no token and no body stands anywhere.
 */
export async function controlPlaneApp({
  registry,
  verify,
  driver,
  refusals,
  now,
  log,
  limits = {},
}: ControlPlaneOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: maxBodyBytes,
    requestTimeout: requestTimeoutMilliseconds,
    routerOptions: { maxParamLength: maxParameterCharacters },
    exposeHeadRoutes: false,
    frameworkErrors: (_, request, reply) => void refuse(malformed(), request, reply),
    clientErrorHandler: (_, socket) => void refuseUnreadable(socket),
  });
  const callers = new WeakMap<FastifyRequest, Identity>();
  const limit = await limiter(app, limits);

  app.addHook("onRequest", async (request, reply) => {
    if (isHealth(request)) return;
    await limit.address(request, reply);
    const who = await verify(bearerToken(request));
    callers.set(request, who);
    await limit.person(request, reply, who);
    const route = routeOf(request);
    if (route !== undefined) requirePermission(who, route, now());
  });
  app.addHook("onSend", async (request, reply) => {
    reply.headers({ ...safeHeaders, "x-request-id": request.id });
  });
  app.addHook("onResponse", async (request, reply) => {
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? "unknown",
      status: reply.statusCode,
      who: callers.get(request)?.name,
      address: request.ip,
      milliseconds: Math.round(reply.elapsedTime),
    };
    if (request.method === "GET" && reply.statusCode < 400) request.log.debug(line, "answered");
    else request.log.info(line, "answered");
  });
  app.setErrorHandler((thrown, request, reply) => {
    const mistake = mistakeOf(thrown);
    if (mistake !== undefined) return refuse(mistake, request, reply);
    request.log.error({ err: thrown }, "request failed");
    const message = "the control plane failed on this request";
    const hint = `Its log has the stack trace under request ${request.id}`;
    return reply.code(500).send({ error: { code: "control-plane.failed", message, hint } });
  });
  app.setNotFoundHandler(({ method }) => {
    throw new FalconryError("control-plane.route", { message: `no route takes this ${method}`, hint: "registry/api/README.md lists them" });
  });

  app.get("/health", async () => ({ status: "ready" }));
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      async handler(request, reply) {
        const who = callers.get(request);
        if (who === undefined) throw new Error(`nobody was authenticated for ${route.method} ${route.path}`);
        const { params, query, body } = request;
        const answer = await route.answer({ params, query, body }, { who, registry: registry(who.name), driver, refusals });
        return reply.code(route.status).send(answer);
      },
    });
  }
  return app;

  async function refuse(mistake: FalconryError, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const status = httpStatus(mistake.code);
    if (status < 500) {
      await refusals.record({
        who: callers.get(request)?.name ?? nobodyKnown,
        address: request.ip,
        method: request.method,
        route: auditedRoute(request, callers.has(request)),
        code: mistake.code,
      });
    } else request.log.error({ err: mistake }, "request not answered");
    if (status === 401) reply.header("www-authenticate", "Bearer");
    return reply.code(status).headers(safeHeaders).send(errorBody(mistake));
  }

  /** What is no HTTP, or has headers over Node's limit of 16 KB. */
  async function refuseUnreadable(socket: Socket): Promise<void> {
    const mistake = malformed();
    const address = socket.remoteAddress ?? "unknown";
    await refusals.record({ who: nobodyKnown, address, method: "unknown", route: "unknown", code: mistake.code });
    if (!socket.writable) return;
    const body = JSON.stringify(errorBody(mistake));
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
}

/** Answers are for one person, and nothing that a browser should render, keep or frame. */
const safeHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000",
  "x-content-type-options": "nosniff",
};

const byName = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));

function routeOf(request: FastifyRequest): Route | undefined {
  return byName.get(`${request.method} ${request.routeOptions.url}`);
}

function isHealth({ method, routeOptions }: FastifyRequest): boolean {
  return method === "GET" && routeOptions.url === "/health";
}

/** A path is repeated in the audit trail only for somebody who is known, and only where it has the shape of one that could be granted. */
function auditedRoute(request: FastifyRequest, isKnown: boolean): string {
  const route = routeOf(request);
  if (route === undefined) return "unknown";
  return isKnown && route.knows(request.params) ? request.url.replace(/\?.*$/, "") : route.path;
}

/** @throws FalconryError `control-plane.no-token`, `control-plane.token-refused` */
function bearerToken({ headers: { authorization } }: FastifyRequest): string {
  if (authorization === undefined) {
    throw new FalconryError("control-plane.no-token", { message: "the request brings no access token", hint: "Run: falconry login" });
  }
  const token = /^Bearer ([A-Za-z0-9_.-]+)$/i.exec(authorization)?.[1];
  if (token !== undefined) return token;
  throw new FalconryError("control-plane.token-refused", {
    message: "the access token is refused: it is no signed token",
    hint: "Run: falconry login",
  });
}

function errorBody({ code, message, hint }: FalconryError) {
  return { error: { code, message, hint } };
}
