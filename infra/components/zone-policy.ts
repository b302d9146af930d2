import * as pulumi from "@pulumi/pulumi";

/**
 * What a bucket of the lake refuses whoever asks: plain HTTP, and an object that asks for another encryption than the bucket's. One that asks for none gets
 * the bucket's own, so that no client has to know the key.
 *
 * @param writeOnce also refused: to delete a version for good, and to put an object without `If-None-Match`, which S3 refuses where one of that name stands
 */
export function zonePolicy(bucketArn: pulumi.Input<string>, keyArn: pulumi.Input<string>, writeOnce = false): pulumi.Output<string> {
  const objects = pulumi.interpolate`${bucketArn}/*`;
  const deny = { Effect: "Deny", Principal: "*" };
  const sse = "s3:x-amz-server-side-encryption";
  const sseKey = `${sse}-aws-kms-key-id`;
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "TlsOnly", ...deny, Action: "s3:*", Resource: [bucketArn, objects], Condition: { Bool: { "aws:SecureTransport": "false" } } },
      {
        Sid: "KmsOnly",
        ...deny,
        Action: "s3:PutObject",
        Resource: objects,
        Condition: { Null: { [sse]: "false" }, StringNotEquals: { [sse]: "aws:kms" } },
      },
      {
        Sid: "OwnKeyOnly",
        ...deny,
        Action: "s3:PutObject",
        Resource: objects,
        Condition: { Null: { [sseKey]: "false" }, StringNotEquals: { [sseKey]: keyArn } },
      },
      ...(writeOnce
        ? [
            { Sid: "WriteOnce", ...deny, Action: ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"], Resource: objects },
            {
              Sid: "NewObjectsOnly",
              ...deny,
              Action: "s3:PutObject",
              Resource: objects,
              // A part of an upload takes no such header; the request that completes the upload does, and makes the object.
              Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
            },
          ]
        : []),
    ],
  });
}
