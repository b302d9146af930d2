import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyBaseLogger } from "fastify";
import { type FastifyInstance, type FastifyReply, fastify, LogController } from "fastify";
import { drainOnClose } from "../container/drain.ts";
import { maxPayloadBytes } from "../container/read-request.ts";
import type { InvocationAnswer } from "./invocation.ts";
import type { Operations } from "./operation.ts";
import { ServiceError } from "./service-error.ts";

export interface WireOptions {
  operations: Operations;
  invoke: (endpoint: string, headers: IncomingHttpHeaders, body: Buffer) => Promise<InvocationAnswer>;
  /** Whether every endpoint that was in service has been brought up again. */
  restored: () => boolean;
  log: FastifyBaseLogger;
}

/** SageMaker on the wire: AWS JSON 1.1 for the service, REST for its runtime, and `GET /health` for whoever started the host. */
export function wire({ operations, invoke, restored, log }: WireOptions): FastifyInstance {
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxPayloadBytes,
  });
  drainOnClose(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) => answerError(reply, error, log));
  app.setNotFoundHandler((request, reply) => answerError(reply, unknown(`${request.method} ${request.url}`), log));

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
    const answer = await invoke(request.params.name, request.headers, body);
    return reply.header("x-amzn-requestid", randomUUID()).headers(answer.headers).send(answer.body);
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

function answerError(reply: FastifyReply, error: unknown, log: FastifyBaseLogger): FastifyReply {
  const known = error instanceof ServiceError ? error : transportError(error);
  if (known === undefined) log.error({ err: error }, "the host failed on a request");
  const { code, status, message, members } =
    known ?? new ServiceError("InternalFailure", 500, "The endpoint host failed: its log has the stack trace.");
  return reply
    .code(status)
    .header("x-amzn-requestid", randomUUID())
    .header("x-amzn-errortype", code)
    .type("application/json")
    .send(JSON.stringify({ __type: code, message, Message: message, ...members }));
}

function transportError(error: unknown): ServiceError | undefined {
  if (!(error instanceof Error) || !("statusCode" in error) || typeof error.statusCode !== "number" || error.statusCode >= 500)
    return undefined;
  if (error.statusCode === 413) return new ServiceError("ValidationError", 413, `HTTP content length exceeded ${maxPayloadBytes} bytes.`);
  return new ServiceError("ValidationException", error.statusCode, error.message);
}
