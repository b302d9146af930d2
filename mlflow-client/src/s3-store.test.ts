import { expect, onTestFinished, test } from "vitest";
import { collect } from "./collect.ts";
import { MlflowClient } from "./index.ts";
import { answers, type Deed, type ScriptedServer, scriptedServer } from "./scripted-server.ts";

const uri = "s3://artifacts/1/r/artifacts";
const credentials = async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" });

test("a folder is listed over all pages, with names as they were before they were XML", async () => {
  const { client, server } = await clientOf([
    page(
      "<NextContinuationToken>next+page==</NextContinuationToken>",
      contents("1/r/artifacts/model/a&amp;b &#x1F680;.txt", 4),
      "<CommonPrefixes><Prefix>1/r/artifacts/model/code/</Prefix></CommonPrefixes>",
      "<CommonPrefixes><Prefix>1/r/artifacts/model/&lt;x&gt;/</Prefix></CommonPrefixes>",
    ),
    page(contents("1/r/artifacts/model/", 0), contents("1/r/artifacts/model/z", 5)),
  ]);
  expect(await collect(client.artifacts.list(uri, "model"))).toEqual([
    { path: "model/code", isDirectory: true, bytes: 0 },
    { path: "model/<x>", isDirectory: true, bytes: 0 },
    { path: "model/a&b 🚀.txt", isDirectory: false, bytes: 4 },
    { path: "model/z", isDirectory: false, bytes: 5 },
  ]);
  expect(server.seen.map(({ url }) => url)).toEqual([
    "/artifacts?list-type=2&prefix=1%2Fr%2Fartifacts%2Fmodel%2F&delimiter=%2F",
    "/artifacts?list-type=2&prefix=1%2Fr%2Fartifacts%2Fmodel%2F&delimiter=%2F&continuation-token=next%2Bpage%3D%3D",
  ]);
});

test("what S3 refuses is said in its words", async () => {
  const { client } = await clientOf([answers(403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")]);
  await expect(client.artifacts.upload(uri, "notes.txt", "C = 0.1")).rejects.toMatchObject({
    status: 403,
    code: "HTTP_403",
    message: "status 403: AccessDenied Access Denied",
  });
});

test("S3 that is away is named as S3", async () => {
  const s3 = { region: "eu-west-1", credentials, endpoint: "http://127.0.0.1:1" };
  const client = new MlflowClient({ trackingUri: "http://127.0.0.1", s3, attempts: 1 });
  await expect(client.artifacts.upload(uri, "notes.txt", "")).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: expect.stringMatching(/^S3 at http:\/\/127.0.0.1:1 cannot be reached/),
  });
});

test("with SigV4 the bucket is asked in the server's region with the same credentials", async () => {
  const asked: { url: string; authorization: string | null }[] = [];
  const remember: typeof fetch = async (url, init) => {
    asked.push({ url: String(url), authorization: new Headers(init?.headers).get("authorization") });
    return new Response();
  };
  const trackingUri = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/flight";
  const authentication = { type: "sigv4", trackingServerArn: trackingUri, credentials } as const;
  await new MlflowClient({ trackingUri, authentication, fetch: remember }).artifacts.upload(uri, "notes.txt", "");
  expect(asked).toEqual([
    {
      url: "https://s3.eu-west-1.amazonaws.com/artifacts/1/r/artifacts/notes.txt",
      authorization: expect.stringMatching(/Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/s3\/aws4_request/),
    },
  ]);
});

function page(...elements: string[]): Deed {
  return answers(200, `<?xml version="1.0"?><ListBucketResult>${elements.join("")}</ListBucketResult>`);
}

function contents(key: string, size: number): string {
  return `<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`;
}

async function clientOf(deeds: Deed[]): Promise<{ client: MlflowClient; server: ScriptedServer }> {
  const server = await scriptedServer(deeds);
  onTestFinished(() => server[Symbol.asyncDispose]());
  const s3 = { region: "eu-west-1", credentials, endpoint: server.url };
  return { server, client: new MlflowClient({ trackingUri: "http://127.0.0.1", s3 }) };
}
