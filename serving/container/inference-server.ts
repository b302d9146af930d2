import { FalconryError } from "@falconry/environment/error.ts";
import type { ErrorCode } from "@falconry/environment/error-catalogue.ts";
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  fastify,
  LogController,
  type RouteShorthandOptions,
} from "fastify";
import { AnswerWriter, type ModelAnswer } from "./answer.ts";
import { drainOnClose } from "./drain.ts";
import type { InvocationMeter } from "./invocation-meter.ts";
import { type ModelColumns, type ModelInput, toModelColumns } from "./model-columns.ts";
import { maxPayloadBytes, readRequest } from "./read-request.ts";
import type { ContainerLineage } from "./settings.ts";

/** A model that is loaded and has passed its self check. */
export interface ServedModel {
  readonly inputs: readonly ModelInput[];
  readonly classes: readonly (number | string)[];
  predict(columns: ModelColumns): Promise<ModelAnswer>;
}

/** What the meter is told of. */
export interface Metering {
  meter: InvocationMeter;
  /** Milliseconds since any moment. */
  now: () => number;
}

/**
 * SageMaker's container contract for one model: `GET /ping`, `POST /invocations`.
 * A caller's mistake is a 4xx with `{"error":{"code","message","hint"}}`; the log names its code and never what was sent.
 */
export function inferenceServer(
  model: ServedModel,
  lineage: ContainerLineage,
  loggerInstance: FastifyBaseLogger,
  { meter, now }: Metering,
): FastifyInstance {
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxPayloadBytes,
    // What arrives on a kept-alive connection while the server drains is still answered.
    return503OnClosing: false,
  });
  const names = model.inputs.map((input) => input.name);
  const writer = new AnswerWriter(model.classes, lineage);

  drainOnClose(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.get("/ping", async () => ({ status: "ready" }));

  const calls = new WeakMap<FastifyRequest, Call>();
  const hooks: RouteShorthandOptions = {
    onRequest(request, reply, done) {
      let answered = false;
      reply.raw.once("finish", () => {
        answered = true;
        const call = calls.get(request);
        if (call?.answer !== undefined) meter.predicted(call.answer);
        if (reply.statusCode >= 400) meter.failed(reply.statusCode);
        else if (call !== undefined) meter.succeeded(now() - call.received);
      });
      reply.raw.once("close", () => {
        if (!answered) meter.failed(undefined);
      });
      done();
    },
  };
  app.post("/invocations", hooks, async (request, reply) => {
    const call: Call = { received: now() };
    calls.set(request, call);
    const format = answerFormat(request.headers.accept);
    const table = readRequest(request.headers["content-type"], request.body, names);
    const answer = await model.predict(toModelColumns(table, model.inputs));
    call.answer = answer;
    return reply.type(format).send(format === "text/csv" ? writer.csv(answer) : writer.json(answer));
  });

  app.setNotFoundHandler((request, reply) => {
    const message = `there is no ${request.method} ${request.url.slice(0, 100)}`;
    return reply.code(404).send({ error: { code: "request.route", message, hint: "GET /ping or POST /invocations" } });
  });

  app.setErrorHandler((thrown, request, reply) => {
    const known = thrown instanceof FalconryError ? thrown : mistakeOfTransport(thrown);
    const status = known && statusOf[known.code];
    if (status !== undefined) request.log.info({ code: known?.code, status }, "request refused");
    else request.log.error({ err: thrown }, "request failed");
    const { code, message, hint } = known ?? bug;
    return reply.code(status ?? 500).send({ error: { code, message, hint } });
  });
  return app;
}

interface Call {
  /** When its body was there, as the meter's clock says. */
  received: number;
  answer?: ModelAnswer;
}

const bug = { code: "bug", message: "the container failed on this request", hint: "Its log has the stack trace" };

/** HTTP status of a caller's mistake; any other error is the model's or the container's. */
const statusOf: Partial<Record<ErrorCode, number>> = {
  "request.empty": 400,
  "request.malformed": 400,
  "request.shape": 400,
  "request.missing-column": 400,
  "request.value": 400,
  "request.accept": 406,
  "request.too-large": 413,
  "request.content-type": 415,
  "model.missing-value": 400,
  "model.no-integer": 400,
};

/** The caller's mistakes that the HTTP server finds before a handler runs. */
function mistakeOfTransport(thrown: unknown): FalconryError | undefined {
  if (!(thrown instanceof Error) || !("statusCode" in thrown)) return undefined;
  const { statusCode, message } = thrown;
  if (statusCode === 413) {
    const hint = "Split the rows over several requests";
    return new FalconryError("request.too-large", { message: `the body is larger than ${maxPayloadBytes} bytes`, hint });
  }
  if (statusCode === 415) return new FalconryError("request.content-type", { message, hint: "Send application/json or text/csv" });
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode > 499) return undefined;
  return new FalconryError("request.malformed", { message, hint: "Send a whole HTTP request with its body" });
}

function answerFormat(accept: string | undefined): "application/json" | "text/csv" {
  const accepted = (accept ?? "*/*").split(",").map((range) => range.split(";", 1)[0]?.trim().toLowerCase() ?? "");
  for (const range of accepted) {
    if (range === "text/csv") return "text/csv";
    if (range === "" || range === "application/json" || range === "application/*" || range === "*/*") return "application/json";
  }
  throw new FalconryError("request.accept", {
    message: `no answer can be given as ${accepted.join(", ").slice(0, 100)}`,
    hint: "Accept application/json or text/csv",
  });
}
