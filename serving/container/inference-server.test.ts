import { setImmediate } from "node:timers/promises";
import { classifierGraph } from "@falconry/model/onnx/classifier-graph.ts";
import { GraphBuilder, int, int64Tensor } from "@falconry/model/onnx/graph.ts";
import { dataType } from "@falconry/model/onnx/proto.ts";
import { OnnxModel } from "@falconry/model/session.ts";
import { test as propertyTest } from "@fast-check/vitest";
import fc from "fast-check";
import { pino } from "pino";
import { afterAll, describe, expect, test } from "vitest";
import { inferenceServer, type ServedModel } from "./inference-server.ts";
import { InvocationMeter } from "./invocation-meter.ts";
import { maxPayloadBytes } from "./read-request.ts";

const graph = classifierGraph({
  features: [
    { name: "mass", type: "double", impute: 5, mean: 5, scale: 2 },
    { name: "orbit", type: "string", categories: ["LEO", "GTO"] },
  ],
  classes: [0, 1],
  estimator: { type: "linear", weights: [[0.5, 1, -1]], bias: [0.25] },
  producer: "test",
});
const lineage = { model: { name: "falcon", version: 3 }, run: "r1", dataset: "d1" };
const logged: string[] = [];
const log = pino({}, { write: (line: string) => void logged.push(line) });
const meter = new InvocationMeter([0, 1]);
const server = inferenceServer(await OnnxModel.load(graph), lineage, log, { meter, now: () => 0 });

afterAll(() => server.close());

async function invoke(body: unknown, headers: Record<string, string> = {}) {
  const payload = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const {
    statusCode,
    headers: answered,
    body: text,
  } = await server.inject({
    method: "POST",
    url: "/invocations",
    headers: { "content-type": "application/json", ...headers },
    payload,
  });
  const isJson = String(answered["content-type"]).startsWith("application/json");
  return { status: statusCode, type: answered["content-type"], answer: isJson ? JSON.parse(text) : text };
}

/** p(1) of the graph above, worked out by hand. */
function probability(mass: number, orbit: string): number {
  const logit = 0.25 + (0.5 * (mass - 5)) / 2 + Number(orbit === "LEO") - Number(orbit === "GTO");
  return 1 / (1 + Math.exp(-logit));
}

test("ping says that the model answers", async () => {
  expect((await server.inject("/ping")).statusCode).toBe(200);
});

test("an answer holds prediction, probabilities and where they come from, row by row", async () => {
  const { status, answer } = await invoke({
    instances: [
      { mass: 9, orbit: "LEO" },
      { mass: null, orbit: "GTO" },
    ],
  });
  expect(status).toBe(200);
  const [sure, unsure] = [probability(9, "LEO"), probability(5, "GTO")];
  expect(answer).toEqual({
    predictions: [
      { prediction: 1, probability: close(sure), probabilities: { 0: close(1 - sure), 1: close(sure) }, ...lineage },
      { prediction: 0, probability: close(1 - unsure), probabilities: { 0: close(1 - unsure), 1: close(unsure) }, ...lineage },
    ],
  });
});

test("CSV in and CSV out say the same as JSON", async () => {
  const { type, answer } = await invoke("orbit,mass\nLEO,9\nGTO,\n", { "content-type": "text/csv; charset=utf-8", accept: "text/csv" });
  expect(type).toMatch(/^text\/csv/);
  const json = (await invoke({ inputs: { mass: [9, null], orbit: ["LEO", "GTO"] } })).answer.predictions;
  const lines = json.map((p: { prediction: number; probability: number; probabilities: number[] }) =>
    [p.prediction, p.probability, p.probabilities[0], p.probabilities[1], "falcon", 3, "r1", "d1"].join(),
  );
  expect(answer).toBe(`prediction,probability,probability_0,probability_1,model,version,run,dataset\r\n${lines.join("\r\n")}\r\n`);
});

test("every call of /invocations is counted once: answered, refused before or by the handler; nothing else is", async () => {
  meter.take();
  await invoke({ instances: [{ mass: 9, orbit: "LEO" }] });
  await invoke({ instances: [{ mass: "heavy", orbit: "LEO" }] });
  await invoke(Buffer.alloc(maxPayloadBytes + 1, " "));
  await server.inject("/ping");
  await server.inject("/nowhere");
  await setImmediate();
  const counts = meter.take();
  expect(counts).toMatchObject({ requests: 3, clientErrors: 2, serverErrors: 0, predictions: { byClass: { 1: 1 } } });
  expect(counts.latency[0]).toBe(1);
});

describe("a mistake is a 4xx that names its place", () => {
  const row = { mass: 1, orbit: "LEO" };
  test.each([
    ["no body", "", {}, 400, "request.empty"],
    ["malformed JSON", '{"instances":', {}, 400, "request.malformed"],
    ["no UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), {}, 400, "request.malformed"],
    ["an unknown type", "<a/>", { "content-type": "text/xml" }, 415, "request.content-type"],
    ["a type that is no type", "{}", { "content-type": "json" }, 415, "request.content-type"],
    ["an answer that nobody writes", { instances: [row] }, { accept: "text/xml" }, 406, "request.accept"],
    ["too much", Buffer.alloc(maxPayloadBytes + 1, " "), {}, 413, "request.too-large"],
    ["a shape of no format", { rows: [row] }, {}, 400, "request.shape"],
    ["a column that is missing", { instances: [{ mass: 1 }] }, {}, 400, "request.missing-column"],
    ["a value of another type", { instances: [row, { ...row, mass: "heavy" }] }, {}, 400, "request.value"],
  ])("%s", async (_, body, headers, status, code) => {
    expect(await invoke(body, headers)).toMatchObject({
      status,
      answer: { error: { code, message: expect.any(String), hint: expect.any(String) } },
    });
  });

  test("row, column and value are in the message", async () => {
    const { answer } = await invoke({ instances: [row, { ...row, mass: "heavy" }] });
    expect(answer.error.message).toBe('row 2, column "mass": "heavy" is no 32-bit number');
  });

  test("there is nothing beside ping and invocations", async () => {
    expect((await server.inject("/models")).statusCode).toBe(404);
  });
});

describe("a model's fault is a 500, and counts as one", () => {
  async function ask(model: ServedModel) {
    const itsMeter = new InvocationMeter(model.classes);
    const app = inferenceServer(model, lineage, pino({ enabled: false }), { meter: itsMeter, now: () => 0 });
    const headers = { "content-type": "application/json" };
    const { statusCode, body } = await app.inject({ method: "POST", url: "/invocations", headers, payload: '{"instances":[{"mass":1}]}' });
    await app.close();
    return { status: statusCode, error: JSON.parse(body).error, counts: itsMeter.take() };
  }
  const inputs = [{ name: "mass", type: "double" as const, required: true }];

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -0.1, 1.1])(
    "the probability %d: its row is counted as one without a probability",
    async (one) => {
      const answer = { predictions: [0], probabilities: [[0.5, one]] };
      const { status, error, counts } = await ask({ inputs, classes: [0, 1], predict: async () => answer });
      expect([status, error.code, error.message]).toEqual([
        500,
        "container.invalid-answer",
        `row 1: the model gives class 1 the probability ${one}`,
      ]);
      expect(counts).toMatchObject({
        requests: 1,
        clientErrors: 0,
        serverErrors: 1,
        predictions: { byClass: { 0: 1 }, invalidProbability: 1 },
      });
    },
  );

  test("a number that is none", async () => {
    const { status, error, counts } = await ask({ inputs, classes: [], predict: async () => ({ predictions: [Number.NaN] }) });
    expect([status, error.code, counts.serverErrors]).toEqual([500, "container.invalid-answer", 1]);
  });

  test("a graph that does not run", async () => {
    const { status, error, counts } = await ask(await OnnxModel.load(failingGraph()));
    expect([status, error.code, counts.serverErrors]).toEqual([500, "model.failed", 1]);
    expect(error.message).toContain("Gather");
  });

  test("but not what a sum of 32-bit floats is off by", async () => {
    const answer = { predictions: [1], probabilities: [[-1e-7, 1.0000001]] };
    const { status, counts } = await ask({ inputs, classes: [0, 1], predict: async () => answer });
    expect([status, counts.predictions.byProbability.at(-1)]).toEqual([200, 1]);
  });
});

test("the log never holds what was sent", async () => {
  logged.length = 0;
  await invoke({ instances: [{ mass: "a secret", orbit: "LEO" }] });
  await invoke('{"a secret');
  expect(logged).toHaveLength(2);
  expect(logged.join()).not.toContain("secret");
});

describe("whatever is sent, the answer is 200 or the sender's mistake", () => {
  const cell = fc.oneof(fc.constant(null), fc.double(), fc.string(), fc.boolean(), fc.jsonValue());
  const record = fc.record({ mass: cell, orbit: cell }, { requiredKeys: [] });
  const rows = fc.oneof(fc.array(record), fc.array(fc.array(cell)), fc.jsonValue());
  const request = fc.oneof(
    fc.record({ instances: rows }),
    fc.record({ inputs: fc.oneof(rows, fc.record({ mass: fc.array(cell), orbit: fc.array(cell) })) }),
    fc.record({ dataframe_records: rows }),
    fc.record({ dataframe_split: fc.record({ columns: fc.oneof(fc.constant(["mass", "orbit"]), fc.jsonValue()), data: rows }) }),
    fc.jsonValue(),
  );

  propertyTest.prop([request])("as JSON", async (body) => {
    const { status, answer } = await invoke(JSON.stringify(body));
    expect(status === 200 ? answer.predictions : answer.error).toBeDefined();
    expect([200, 400]).toContain(status);
  });

  propertyTest.prop([
    fc.oneof(
      fc.string(),
      fc.array(fc.array(fc.string())).map((lines) => lines.map((line) => line.join()).join("\n")),
    ),
  ])("as CSV", async (text) => {
    const { status } = await invoke(`mass,orbit\n${text}`, { "content-type": "text/csv" });
    expect([200, 400]).toContain(status);
  });

  propertyTest.prop([fc.uint8Array(), fc.string(), fc.string()])("as bytes of any type", async (body, contentType, accept) => {
    const printable = (text: string) => text.replace(/[^ -~]/g, "");
    const { status } = await invoke(Buffer.from(body), { "content-type": printable(contentType), accept: printable(accept) });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });
});

/** Reads `mass` as the index of its only class. */
function failingGraph(): Uint8Array {
  const graph = new GraphBuilder("failing");
  const index = graph.node("Cast", [graph.input("mass", "float")], { attributes: { to: int(dataType.int64) } });
  graph.node("Gather", [graph.constant(int64Tensor([1], [0])), index], { as: graph.output("prediction", "int64") });
  return graph.encode("test");
}

function close(value: number) {
  return expect.closeTo(value, 6);
}
