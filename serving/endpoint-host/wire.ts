import { randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { FastifyBaseLogger } from "fastify";
import { type FastifyInstance, type FastifyReply, fastify, LogController } from "fastify";
import { drainOnClose } from "../container/drain.ts";
import { maxPayloadBytes } from "../container/read-request.ts";
import type { InvocationAnswer } from "./invocation.ts";
import type { Operations } from "./operation.ts";
import { type HttpAnswer, openFrontDoor } from "./passage/front-door.ts";
import { ServiceError } from "./service-error.ts";

export interface WireOptions {
  operations: Operations;
  invoke: (endpoint: string, headers: IncomingHttpHeaders, body: Buffer) => Promise<InvocationAnswer>;
  /** Whether every endpoint that was in service has been brought up again. */
  restored: () => boolean;
  log: FastifyBaseLogger;
}

/**
 * SageMaker on the wire: AWS JSON 1.1 for the service, REST for its runtime, and `GET /health` for whoever started the host. Nearly every invocation is
 * answered at the front door, without fastify.
 */
export function wire({ operations, invoke, restored, log }: WireOptions): FastifyInstance {
  const server = createServer();
  const closeFrontDoor = openFrontDoor(server, (endpoint, { headers, body }) =>
    invoke(endpoint, headers, body).then(invocationAnswer, (error: unknown) => errorAnswer(error, log)),
  );
  const app = fastify({
    serverFactory: (handler) => server.on("request", handler),
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxPayloadBytes,
  });
  drainOnClose(app);
  app.addHook("preClose", (done) => {
    closeFrontDoor();
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) => send(reply, errorAnswer(error, log)));
  app.setNotFoundHandler((request, reply) => send(reply, errorAnswer(unknown(`${request.method} ${request.url}`), log)));

  app.get("/health", async (_request, reply) => reply.code(restored() ? 200 : 503).send({ ok: restored() }));

  app.post("/", async (request, reply) => {
    const target = String(request.headers["x-amz-target"] ?? "");
    const name = target.startsWith("SageMaker.") ? target.slice("SageMaker.".length) : undefined;
    const operation = name !== undefined && Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined) throw unknown(target);
    const answer = await operation(parse(request.body));
    return reply.header("x-amzn-requestid", randomUUID()).type("application/x-amz-json-1.1").send(JSON.stringify(answer));
  });

  app.post<{ Params: { name: string } }>("/endpoints/:name/invocations", async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    return send(reply, invocationAnswer(await invoke(request.params.name, request.headers, body)));
  });
  return app;
}

function parse(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString("utf8") : "{}");
  } catch {
    throw new ServiceError("SerializationException", 400, "The request's body is no JSON.");
  }
}

function unknown(what: string): ServiceError {
  return new ServiceError("UnknownOperationException", 404, `${what.slice(0, 200)} is no operation of this endpoint host.`);
}

function send(reply: FastifyReply, { status, headers, body }: HttpAnswer): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

function invocationAnswer({ headers, body }: InvocationAnswer): HttpAnswer {
  return { status: 200, headers: { "x-amzn-requestid": randomUUID(), ...headers }, body };
}

function errorAnswer(error: unknown, log: FastifyBaseLogger): HttpAnswer {
  const known = error instanceof ServiceError ? error : transportError(error);
  if (known === undefined) log.error({ err: error }, "the host failed on a request");
  const { code, status, message, members } =
    known ?? new ServiceError("InternalFailure", 500, "The endpoint host failed: its log has the stack trace.");
  const headers = { "x-amzn-requestid": randomUUID(), "x-amzn-errortype": code, "content-type": "application/json" };
  return { status, headers, body: Buffer.from(JSON.stringify({ __type: code, message, Message: message, ...members })) };
}

function transportError(error: unknown): ServiceError | undefined {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number" || error.statusCode >= 500)
    return undefined;
  if (error.statusCode === 413) return new ServiceError("ValidationError", 413, `HTTP content length exceeded ${maxPayloadBytes} bytes.`);
  return new ServiceError("ValidationException", error.statusCode, error.message);
}
