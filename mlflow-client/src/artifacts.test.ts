import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test as law } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { MlflowClient } from "./index.ts";
import { answers, scriptedServer } from "./scripted-server.ts";

const uri = "mlflow-artifacts:/1/r/artifacts";
const names = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((name) => !/[/\\#\t\n\r]|%[0-9a-f]{2}/i.test(name) && name !== "." && name !== "..");

law.prop([fc.array(names, { minLength: 1, maxLength: 4 })])(
  "whatever a file is called, the server decodes its path to that",
  async (segments) => {
    const urls: URL[] = [];
    const remember: typeof fetch = async (url) => {
      urls.push(new URL(String(url)));
      return new Response();
    };
    await new MlflowClient({ trackingUri: "http://127.0.0.1", fetch: remember }).artifacts.upload(uri, segments.join("/"), "");
    const [url] = urls;
    expect(url?.pathname.split("/").map(decodeURIComponent)).toEqual(
      `/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/${segments.join("/")}`.split("/"),
    );
    expect(url?.search).toBe("");
  },
);

describe("refused before anything is sent", () => {
  const neverAsked = new MlflowClient({ trackingUri: "http://127.0.0.1", fetch: () => Promise.reject(new Error("asked")) });

  test.for(["../secret", "a/../b", "/etc/passwd", "a#b", "50%25", "a\\b", "./a", "tab\tbed", "two\nlines"])("the path %j", async (path) => {
    await expect(neverAsked.artifacts.download(uri, path)).rejects.toMatchObject({
      code: "UNSAFE_ARTIFACT_PATH",
      message: expect.stringContaining(`"${path}"`),
    });
  });

  test("a folder of which one file's name cannot be used", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mlflow-client-test-"));
    for (const name of ["fine.txt", "has#hash.txt", "more.txt"]) await writeFile(join(folder, name), "content");
    await expect(neverAsked.artifacts.uploadFolder(uri, "", folder)).rejects.toMatchObject({ code: "UNSAFE_ARTIFACT_PATH" });
    await rm(folder, { recursive: true });
  });

  test.for(["s3://bucket/1/r", "file:///tmp/mlruns", "mlflow-artifacts://other:5000/1/r", "models:/m-1", ""])(
    "the artifact URI %j",
    async (other) => {
      await expect(neverAsked.artifacts.upload(other, "model.onnx", "")).rejects.toMatchObject({ code: "UNSUPPORTED_ARTIFACT_URI" });
    },
  );
});

test("a file that is gone before the server is back ends the upload, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mlflow-client-test-"));
  const file = join(folder, "notes.txt");
  await writeFile(file, "C = 0.1");
  const away: typeof fetch = async () => {
    await rm(folder, { recursive: true, force: true });
    throw new TypeError("fetch failed", { cause: Object.assign(new Error("connect"), { code: "ECONNREFUSED" }) });
  };
  const client = new MlflowClient({ trackingUri: "http://127.0.0.1", fetch: away, sleep: async () => {} });
  await expect(client.artifacts.uploadFile(uri, "notes.txt", file)).rejects.toMatchObject({ code: "UNREACHABLE" });
});

test("a file that cannot be read is no server that is away", async () => {
  await using server = await scriptedServer([answers(200, {})]);
  const client = new MlflowClient({ trackingUri: server.url, sleep: () => Promise.reject(new Error("waited")) });
  await expect(client.artifacts.uploadFile(uri, "folder", tmpdir())).rejects.toThrow(`${tmpdir()} cannot be read: EISDIR`);
});

test("a file that grows meanwhile is sent as long as it was", async () => {
  await using server = await scriptedServer([answers(200, {})]);
  const folder = await mkdtemp(join(tmpdir(), "mlflow-client-test-"));
  const file = join(folder, "log.txt");
  await writeFile(file, "one");
  const growing: typeof fetch = async (url, init) => {
    await appendFile(file, "two");
    return fetch(url, init);
  };
  await new MlflowClient({ trackingUri: server.url, fetch: growing }).artifacts.uploadFile(uri, "log.txt", file);
  expect(server.seen.map(({ body }) => body)).toEqual(["one"]);
  await rm(folder, { recursive: true });
});
