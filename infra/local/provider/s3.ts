import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { stands, unless } from "./missing.ts";
import { resourceType, type Standing } from "./resource-type.ts";

const bucketInputs = z.strictObject({
  bucket: z.string().optional(),
  objectLockEnabled: z.boolean().optional(),
  /** Only a delete by the real provider asks for it. */
  forceDestroy: z.boolean().optional(),
});

export const s3Bucket = resourceType({
  token: "aws:s3/bucket:Bucket",
  inputs: bucketInputs,
  replaceOn: ["bucket", "objectLockEnabled"],
  async create({ bucket, objectLockEnabled }, { clients, automaticName }) {
    const name = bucket ?? automaticName;
    const create = new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: objectLockEnabled });
    await unless(clients.s3.send(create), "BucketAlreadyOwnedByYou");
    return standing(name);
  },
  read: (id, { s3 }) => stands(s3.send(new HeadBucketCommand({ Bucket: id })), "NotFound"),
  update: async (id) => standing(id),
  async delete(id, { s3 }) {
    await s3.send(new DeleteBucketCommand({ Bucket: id }));
  },
});

/** Its id is `<bucket>/<key>`. */
export const s3Object = resourceType({
  token: "aws:s3/bucketObjectv2:BucketObjectv2",
  inputs: z.strictObject({
    bucket: z.string(),
    key: z.string(),
    content: z.string().optional(),
    contentBase64: z.string().optional(),
    contentType: z.string().optional(),
  }),
  replaceOn: ["bucket", "key"],
  async create({ bucket, key, content, contentBase64, contentType }, { clients: { s3 } }) {
    const Body = contentBase64 === undefined ? content : Buffer.from(contentBase64, "base64");
    const { ETag, VersionId } = await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: contentType }));
    return { id: `${bucket}/${key}`, outputs: { arn: `arn:aws:s3:::${bucket}/${key}`, etag: ETag, versionId: VersionId } };
  },
  read: (id, { s3 }) => stands(s3.send(new HeadObjectCommand(objectOf(id))), "NotFound"),
  async delete(id, { s3 }) {
    await s3.send(new DeleteObjectCommand(objectOf(id)));
  },
});

function standing(bucket: string): Standing {
  return { id: bucket, outputs: { bucket, arn: `arn:aws:s3:::${bucket}`, bucketDomainName: `${bucket}.s3.amazonaws.com` } };
}

function objectOf(id: string): { Bucket: string; Key: string } {
  const slash = id.indexOf("/");
  return { Bucket: id.slice(0, slash), Key: id.slice(slash + 1) };
}
