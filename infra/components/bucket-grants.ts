import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Grant } from "./policy.ts";

/** Reading a bucket; without the list, S3 answers "forbidden" for an object that does not exist. */
export function readBuckets(...buckets: aws.s3.Bucket[]): Grant[] {
  return [
    { actions: ["s3:ListBucket"], resources: buckets.map(({ arn }) => arn) },
    { actions: ["s3:GetObject"], resources: buckets.map(objects) },
  ];
}

export function writeBuckets(...buckets: aws.s3.Bucket[]): Grant[] {
  return [{ actions: ["s3:PutObject", "s3:AbortMultipartUpload"], resources: buckets.map(objects) }];
}

export function decryptWith(...keys: aws.kms.Key[]): Grant {
  return { actions: ["kms:Decrypt"], resources: keys.map(({ arn }) => arn) };
}

export function encryptWith(...keys: aws.kms.Key[]): Grant {
  return { actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: keys.map(({ arn }) => arn) };
}

function objects({ arn }: aws.s3.Bucket): pulumi.Output<string> {
  return pulumi.interpolate`${arn}/*`;
}
