import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { extract } from "tar";
import type { ContainerDefinition } from "./model-request.ts";

/**
 * Puts a model's data into the folder that its container sees as /opt/ml/model: every object under a prefix, or one .tar.gz unpacked.
 *
 * @throws Error where the object or the prefix holds nothing, or does not unpack
 */
export async function downloadModelData(s3: S3Client, container: ContainerDefinition, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const source = container.ModelDataSource?.S3DataSource;
  const archive = container.ModelDataUrl ?? (source?.CompressionType === "Gzip" ? source.S3Uri : undefined);
  if (archive !== undefined) {
    const { bucket, key } = parseUri(archive);
    await pipeline(await read(s3, bucket, key), extract({ cwd: folder, strict: true }));
  } else if (source !== undefined) await downloadPrefix(s3, source.S3Uri, folder);
}

async function downloadPrefix(s3: S3Client, uri: string, folder: string): Promise<void> {
  const { bucket, key: prefix } = parseUri(uri);
  let files = 0;
  for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key: key } of page.Contents ?? []) {
      if (key === undefined || key.endsWith("/")) continue;
      const file = resolve(folder, key.slice(prefix.length));
      if (relative(folder, file).startsWith("..")) throw new Error(`s3://${bucket}/${key} points out of the model's folder`);
      await mkdir(dirname(file), { recursive: true });
      await pipeline(await read(s3, bucket, key), createWriteStream(file));
      files += 1;
    }
  }
  if (files === 0) throw new Error(`no object stands under ${uri}`);
}

async function read(s3: S3Client, bucket: string, key: string): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (!(Body instanceof Readable)) throw new Error(`s3://${bucket}/${key} came without a body`);
  return Body;
}

/** `s3://bucket/key` */
function parseUri(uri: string): { bucket: string; key: string } {
  const match = /^s3:\/\/([^/]+)\/(.*)$/.exec(uri);
  if (match?.[1] === undefined || match[2] === undefined) throw new Error(`${uri} is no s3://bucket/key`);
  return { bucket: match[1], key: match[2] };
}
