import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { MlflowClient } from "./index.ts";
import { answers, type Deed, type ScriptedServer, scriptedServer } from "./scripted-server.ts";
import { partsFromBytes } from "./upload-in-parts.ts";

// Hundreds of megabytes change hands: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

const uri = "mlflow-artifacts:/1/r/artifacts";
const content = Buffer.alloc(partsFromBytes + 3, "0123456789 falconry ");
const partCount = 5;
let file: string;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlflow-client-test-"));
  file = join(folder, "large.bin");
  await writeFile(file, content);
  return () => rm(folder, { recursive: true });
});

test("every part arrives, one that the store had no time for is sent again, and the store is not told who asks", async () => {
  let refusals = 1;
  const store = await storeOf((url) =>
    url === "/2" && refusals-- > 0 ? answers(503, "slow down") : answers(200, "", { etag: `"${url}"` }),
  );
  const server = await trackingServerOf(store);
  await clientOf(server).artifacts.uploadFile(uri, "model/large.bin", file);

  const last = new Map(store.seen.map(({ url, body }) => [url, body]));
  expect([...last.keys()].sort()).toEqual(["/1", "/2", "/3", "/4", "/5"]);
  expect(Array.from({ length: partCount }, (_, index) => last.get(`/${index + 1}`)).join("")).toBe(content.toString());
  expect(store.seen.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);

  const [begun, ended] = server.seen;
  expect([begun?.url, ended?.url]).toEqual(
    ["create", "complete"].map((step) => `/api/2.0/mlflow-artifacts/mpu/${step}/1/r/artifacts/model`),
  );
  expect(JSON.parse(begun?.body ?? "")).toEqual({ path: "large.bin", num_parts: partCount });
  expect(JSON.parse(ended?.body ?? "").parts[1]).toEqual({ part_number: 2, etag: '"/2"', url: `${store.url}/2` });
});

test("a part that the store refuses ends the upload: it is called off, and the store's words are the error's", async () => {
  const store = await storeOf(() => answers(403, "<Message>Request has expired</Message>"));
  const server = await trackingServerOf(store);
  await expect(clientOf(server).artifacts.uploadFile(uri, "large.bin", file)).rejects.toMatchObject({
    code: "HTTP_403",
    message: expect.stringContaining("Request has expired"),
  });
  expect(server.seen.map(({ url }) => url.split("/")[5])).toEqual(["create", "abort"]);
});

async function storeOf(deedFor: (url: string) => Deed): Promise<ScriptedServer> {
  const store = await scriptedServer([(response, request) => deedFor(request.url ?? "")(response, request)]);
  onTestFinished(() => store[Symbol.asyncDispose]());
  return store;
}

async function trackingServerOf({ url }: ScriptedServer): Promise<ScriptedServer> {
  const credentials = Array.from({ length: partCount }, (_, index) => ({ url: `${url}/${index + 1}`, part_number: index + 1 }));
  const server = await scriptedServer([answers(200, { upload_id: "u", credentials }), answers(200, {})]);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

function clientOf({ url }: ScriptedServer): MlflowClient {
  return new MlflowClient({ trackingUri: url, authentication: { type: "bearer", token: "secret" }, sleep: async () => {} });
}
