import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { fc, test as law } from "@fast-check/vitest";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Authentication, MlflowClient } from "./index.ts";
import { answers, type ScriptedServer, scriptedServer } from "./scripted-server.ts";
import { sign } from "./sigv4.ts";

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const arn = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/flight";
const at = new Date("2026-11-21T12:00:00Z");

describe("a request", () => {
  test("says nothing of who asks unless it is told to", async () => {
    expect((await headersOf({ type: "none" })).authorization).toBeUndefined();
  });

  test("carries a name and a password", async () => {
    const { authorization } = await headersOf({ type: "basic", username: "ada", password: "pässword:1" });
    expect(Buffer.from(authorization?.split(" ")[1] ?? "", "base64").toString()).toBe("ada:pässword:1");
  });

  test("carries a token, asked for anew each time where it is a function", async () => {
    let count = 0;
    const { client, server } = await clientOf({ type: "bearer", token: async () => `token ${++count}` });
    await client.runs.logBatch("r", { tags: { a: "1" } });
    await client.runs.logBatch("r", { tags: { a: "1" } });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer token 1", "Bearer token 2"]);
  });

  test("is signed for SageMaker's MLflow, and names the tracking server", async () => {
    const headers = await headersOf({ type: "sigv4", trackingServerArn: arn, credentials: async () => credentials });
    expect(headers["x-mlflow-sm-tracking-server-arn"]).toBe(arn);
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261121\/eu-west-1\/sagemaker-mlflow\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-mlflow-sm-tracking-server-arn, Signature=[0-9a-f]{64}$/,
    );
  });
});

describe("MLflow that SageMaker manages", () => {
  const app = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-app/app-ABC";

  test.for([
    [arn, "https://eu-west-1.experiments.sagemaker.aws", "sagemaker-mlflow", "x-mlflow-sm-tracking-server-arn"],
    [app, "https://mlflow.sagemaker.eu-west-1.app.aws", "sagemaker", "x-sm-mlflow-app-arn"],
  ])("%s is asked at its region's address, as AWS's plugin for Python asks it", async ([uri = "", address, service, route = ""]) => {
    const asked: { url: string; headers: Headers }[] = [];
    const remember: typeof fetch = async (url, init) => {
      asked.push({ url: String(url), headers: new Headers(init?.headers) });
      return Response.json({});
    };
    const authentication = { type: "sigv4", trackingServerArn: uri, credentials: async () => credentials } as const;
    await new MlflowClient({ trackingUri: uri, authentication, fetch: remember }).runs.logBatch("r", { tags: { a: "1" } });
    const [request] = asked;
    expect(request?.url).toBe(`${address}/api/2.0/mlflow/runs/log-batch`);
    expect(request?.headers.get(route)).toBe(uri);
    expect(request?.headers.get("authorization")).toContain(`/eu-west-1/${service}/aws4_request`);
  });

  test.for(["https://mlflow.example.org", "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/flight", "arn:aws:s3:::bucket", ""])(
    "%j is none",
    (trackingServerArn) => {
      const authentication = { type: "sigv4", trackingServerArn, credentials: async () => credentials } as const;
      expect(() => new MlflowClient({ trackingUri: "http://127.0.0.1", authentication })).toThrow(`"${trackingServerArn}" is no ARN`);
    },
  );
});

/** AWS's signer keeps a query in an ordinary object. */
const names = fc
  .oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: fc.constantFrom("a", "-", "=", "b"), minLength: 1 }))
  .filter((name) => name !== "__proto__");

law.prop([
  fc.record({
    method: fc.constantFrom("GET", "POST", "DELETE"),
    path: fc.array(fc.string({ unit: "grapheme", minLength: 1 }), { minLength: 1 }),
    query: fc.array(fc.tuple(names, fc.string({ unit: "grapheme" }))),
    text: fc.string(),
    service: fc.constantFrom("sagemaker-mlflow", "s3"),
    sessionToken: fc.option(fc.string({ unit: fc.constantFrom("a", "/", "+", "="), minLength: 1 }), { nil: undefined }),
  }),
])("whatever is asked, the signature is the one of AWS's own signer", async ({ method, path, query, text, service, sessionToken }) => {
  const url = new URL(`https://eu-west-1.experiments.sagemaker.aws/${path.map((part) => encodeURIComponent(part)).join("/")}`);
  for (const [name, value] of query) url.searchParams.set(name, value);
  const body = { bytes: Buffer.from(text) };
  const secrets = sessionToken === undefined ? credentials : { ...credentials, sessionToken };
  const setting = { region: "eu-west-1", service, credentials: secrets, at };
  const ours = await sign({ method, url: url.href, headers: { "content-type": "application/json" }, body }, setting);

  // S3's client hands over a path that is encoded already, and says that the body is not signed.
  const isS3 = service === "s3";
  const signer = new SignatureV4({ ...setting, sha256: Sha256, uriEscapePath: !isS3 });
  const { headers } = await signer.sign(
    {
      method,
      protocol: "https:",
      hostname: url.hostname,
      path: isS3 ? url.pathname.replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`) : url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { "content-type": "application/json", host: url.host, ...(isS3 && { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }) },
      body: body.bytes,
    },
    { signingDate: at },
  );
  expect(ours.authorization).toBe(headers.authorization);
});

async function headersOf(authentication: Authentication) {
  const { client, server } = await clientOf(authentication);
  await client.runs.logBatch("r", { tags: { a: "1" } });
  return server.seen[0]?.headers ?? {};
}

async function clientOf(authentication: Authentication): Promise<{ client: MlflowClient; server: ScriptedServer }> {
  const server = await scriptedServer([answers(200, {})]);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, client: new MlflowClient({ trackingUri: server.url, authentication, now: () => at.getTime() }) };
}

/** Node's SHA-256 in the shape that AWS's signer asks for. */
class Sha256 {
  readonly #begin: () => Hash | Hmac;
  #hash: Hash | Hmac;

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    const secret = typeof key === "string" || key === undefined ? key : Buffer.from(new Uint8Array("buffer" in key ? key.buffer : key));
    this.#begin = () => (secret === undefined ? createHash("sha256") : createHmac("sha256", secret));
    this.#hash = this.#begin();
  }

  update(chunk: string | Uint8Array): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#begin();
  }
}
