import {
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import type { EmulatorClients } from "./clients.ts";
import { stands } from "./missing.ts";
import { type ResourceType, resourceType } from "./resource-type.ts";

type S3 = EmulatorClients["s3"];

const bucket = z.string();

export const s3BucketVersioning = bucketSetting({
  token: "aws:s3/bucketVersioning:BucketVersioning",
  inputs: z.strictObject({ bucket, versioningConfiguration: z.strictObject({ status: z.enum(["Enabled", "Suspended"]) }) }),
  put: (s3, { bucket, versioningConfiguration }) =>
    s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: versioningConfiguration.status } })),
  async read(s3, Bucket) {
    // A bucket that never was versioned answers without a status.
    const look = s3.send(new GetBucketVersioningCommand({ Bucket }));
    return (await stands(look, "NoSuchBucket")) && (await look).Status !== undefined;
  },
  delete: (s3, Bucket) => s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } })),
});

export const s3BucketEncryption = bucketSetting({
  token: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  inputs: z.strictObject({
    bucket,
    rules: z.array(
      z.strictObject({
        applyServerSideEncryptionByDefault: z.strictObject({ sseAlgorithm: z.literal("aws:kms"), kmsMasterKeyId: z.string() }),
        bucketKeyEnabled: z.boolean().optional(),
      }),
    ),
  }),
  put: (s3, { bucket, rules }) =>
    s3.send(
      new PutBucketEncryptionCommand({
        Bucket: bucket,
        ServerSideEncryptionConfiguration: {
          Rules: rules.map(({ applyServerSideEncryptionByDefault: { sseAlgorithm, kmsMasterKeyId }, bucketKeyEnabled }) => ({
            ApplyServerSideEncryptionByDefault: { SSEAlgorithm: sseAlgorithm, KMSMasterKeyID: kmsMasterKeyId },
            BucketKeyEnabled: bucketKeyEnabled,
          })),
        },
      }),
    ),
  async read(s3, Bucket) {
    // Every bucket is encrypted, by AES256 with a key of S3 when nobody asked for more.
    const look = s3.send(new GetBucketEncryptionCommand({ Bucket }));
    if (!(await stands(look, "ServerSideEncryptionConfigurationNotFoundError", "NoSuchBucket"))) return false;
    const rules = (await look).ServerSideEncryptionConfiguration?.Rules ?? [];
    return rules.some((rule) => rule.ApplyServerSideEncryptionByDefault?.SSEAlgorithm === "aws:kms");
  },
  delete: (s3, Bucket) => s3.send(new DeleteBucketEncryptionCommand({ Bucket })),
});

export const s3BucketPublicAccessBlock = bucketSetting({
  token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  inputs: z.strictObject({
    bucket,
    blockPublicAcls: z.boolean(),
    blockPublicPolicy: z.boolean(),
    ignorePublicAcls: z.boolean(),
    restrictPublicBuckets: z.boolean(),
  }),
  put: (s3, { bucket, blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) =>
    s3.send(
      new PutPublicAccessBlockCommand({
        Bucket: bucket,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: blockPublicAcls,
          BlockPublicPolicy: blockPublicPolicy,
          IgnorePublicAcls: ignorePublicAcls,
          RestrictPublicBuckets: restrictPublicBuckets,
        },
      }),
    ),
  read: (s3, Bucket) =>
    stands(s3.send(new GetPublicAccessBlockCommand({ Bucket })), "NoSuchPublicAccessBlockConfiguration", "NoSuchBucket"),
  delete: (s3, Bucket) => s3.send(new DeletePublicAccessBlockCommand({ Bucket })),
});

export const s3BucketLifecycle = bucketSetting({
  token: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  inputs: z.strictObject({
    bucket,
    rules: z.array(
      z.strictObject({
        id: z.string(),
        status: z.enum(["Enabled", "Disabled"]),
        filter: z.strictObject({ prefix: z.string().optional() }),
        expiration: z.strictObject({ days: z.number() }).optional(),
        noncurrentVersionExpiration: z.strictObject({ noncurrentDays: z.number() }).optional(),
        abortIncompleteMultipartUpload: z.strictObject({ daysAfterInitiation: z.number() }).optional(),
      }),
    ),
  }),
  put: (s3, { bucket, rules }) =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket,
        LifecycleConfiguration: {
          Rules: rules.map(({ id, status, filter, expiration, noncurrentVersionExpiration, abortIncompleteMultipartUpload }) => ({
            ID: id,
            Status: status,
            Filter: { Prefix: filter.prefix ?? "" },
            Expiration: expiration && { Days: expiration.days },
            NoncurrentVersionExpiration: noncurrentVersionExpiration && { NoncurrentDays: noncurrentVersionExpiration.noncurrentDays },
            AbortIncompleteMultipartUpload: abortIncompleteMultipartUpload && {
              DaysAfterInitiation: abortIncompleteMultipartUpload.daysAfterInitiation,
            },
          })),
        },
      }),
    ),
  read: (s3, Bucket) =>
    stands(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })), "NoSuchLifecycleConfiguration", "NoSuchBucket"),
  delete: (s3, Bucket) => s3.send(new DeleteBucketLifecycleCommand({ Bucket })),
});

export const s3BucketPolicy = bucketSetting({
  token: "aws:s3/bucketPolicy:BucketPolicy",
  inputs: z.strictObject({ bucket, policy: z.string() }),
  put: (s3, { bucket, policy }) => s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy })),
  read: (s3, Bucket) => stands(s3.send(new GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy", "NoSuchBucket"),
  delete: (s3, Bucket) => s3.send(new DeleteBucketPolicyCommand({ Bucket })),
});

export const s3BucketObjectLock = bucketSetting({
  token: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  inputs: z.strictObject({
    bucket,
    rule: z.strictObject({
      defaultRetention: z.strictObject({ mode: z.enum(["GOVERNANCE", "COMPLIANCE"]), days: z.number() }),
    }),
  }),
  put: (s3, { bucket, rule: { defaultRetention } }) =>
    s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket: bucket,
        ObjectLockConfiguration: {
          ObjectLockEnabled: "Enabled",
          Rule: { DefaultRetention: { Mode: defaultRetention.mode, Days: defaultRetention.days } },
        },
      }),
    ),
  async read(s3, Bucket) {
    const look = s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    const enabled = await stands(look, "ObjectLockConfigurationNotFoundError", "NoSuchBucket");
    return enabled && (await look).ObjectLockConfiguration?.Rule !== undefined;
  },
  delete: (s3, Bucket) =>
    s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } })),
});

interface BucketSetting<Inputs extends { bucket: string }> {
  token: string;
  inputs: z.ZodType<Inputs>;
  put(s3: S3, inputs: Inputs): Promise<unknown>;
  read(s3: S3, Bucket: string): Promise<boolean>;
  delete(s3: S3, Bucket: string): Promise<unknown>;
}

/** A setting of a bucket is a resource of its own; its id is the bucket's name, and AWS knows only Put for it. */
function bucketSetting<Inputs extends { bucket: string }>(setting: BucketSetting<Inputs>): ResourceType {
  return resourceType<Inputs>({
    token: setting.token,
    inputs: setting.inputs,
    replaceOn: ["bucket"],
    async create(inputs, { clients }) {
      await setting.put(clients.s3, inputs);
      return { id: inputs.bucket, outputs: {} };
    },
    read: (id, { s3 }) => setting.read(s3, id),
    async delete(id, { s3 }) {
      await setting.delete(s3, id);
    },
  });
}
