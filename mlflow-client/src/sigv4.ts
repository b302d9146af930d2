import { createHash, createHmac } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Request } from "./request.ts";

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface SignableRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Request["body"];
}

export interface Sigv4Setting {
  region: string;
  service: string;
  credentials: AwsCredentials;
  at: Date;
}

/**
 * AWS Signature Version 4. S3 wants paths encoded once and not twice, and takes bodies that are not signed, as nobody changes them under https.
 *
 * @returns the headers to add
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function sign(request: SignableRequest, setting: Sigv4Setting): Promise<Record<string, string>> {
  const { region, service, credentials, at } = setting;
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const isS3 = service === "s3";
  const bodyHash = isS3 ? "UNSIGNED-PAYLOAD" : await sha256Of(request.body);
  const added: Record<string, string> = { "x-amz-date": time, "x-amz-content-sha256": bodyHash };
  if (credentials.sessionToken !== undefined) added["x-amz-security-token"] = credentials.sessionToken;

  const headers = new Headers({ ...request.headers, ...added, host: new URL(request.url).host });
  // Sorted by name, as Headers are.
  const signed = [...headers].map(([name, value]) => [name, value.replaceAll(/\s+/g, " ")] as const);
  const names = signed.map(([name]) => name).join(";");
  const asked = [
    ...canonicalUrl(request, isS3 ? (part) => encoded(decodeURIComponent(part)) : encoded),
    ...signed.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    bodyHash,
  ];

  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(asked.join("\n")).digest("hex")].join("\n");
  const key = scope.split("/").reduce((secret: string | Buffer, part) => hmac(secret, part), `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, toSign).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...added, authorization };
}

/** Method, path and sorted query. */
function canonicalUrl({ method, url }: SignableRequest, encodedPart: (part: string) => string): string[] {
  const { pathname, searchParams } = new URL(url);
  const query = [...searchParams].map(([name, value]) => [encoded(name), encoded(value)] as const);
  const sorted = query.sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
  return [method, pathname.split("/").map(encodedPart).join("/"), sorted.map((pair) => pair.join("=")).join("&")];
}

/** Everything but RFC 3986's unreserved characters. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

async function sha256Of(body: Request["body"]): Promise<string> {
  const hash = createHash("sha256");
  if (body === undefined) hash.update("");
  else if ("json" in body) hash.update(JSON.stringify(body.json));
  else if ("bytes" in body) hash.update(body.bytes);
  else for await (const chunk of createReadStream(body.file)) hash.update(chunk);
  return hash.digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
