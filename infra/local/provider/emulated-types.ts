import { FalconryError } from "@falconry/environment/error.ts";
import { cloudwatchMetricAlarm } from "./cloudwatch.ts";
import { cognitoUserGroup, cognitoUserPool, cognitoUserPoolClient } from "./cognito.ts";
import { dynamodbResourcePolicy, dynamodbTable } from "./dynamodb.ts";
import { iamRole, iamRolePolicy } from "./iam.ts";
import { kmsAlias, kmsKey } from "./kms.ts";
import type { ResourceType } from "./resource-type.ts";
import { s3Bucket, s3Object } from "./s3.ts";
import {
  s3BucketEncryption,
  s3BucketLifecycle,
  s3BucketObjectLock,
  s3BucketPolicy,
  s3BucketPublicAccessBlock,
  s3BucketVersioning,
} from "./s3-bucket-settings.ts";
import { sagemakerEndpoint, sagemakerEndpointConfiguration, sagemakerModel } from "./sagemaker.ts";
import { snsTopic, snsTopicPolicy } from "./sns.ts";
import { ssmParameter } from "./ssm.ts";

/** Every Pulumi type that a region on this machine can hold. */
export const emulatedTypes: readonly ResourceType[] = [
  cloudwatchMetricAlarm,
  cognitoUserGroup,
  cognitoUserPool,
  cognitoUserPoolClient,
  dynamodbResourcePolicy,
  dynamodbTable,
  iamRole,
  iamRolePolicy,
  kmsAlias,
  kmsKey,
  s3Bucket,
  s3BucketEncryption,
  s3BucketLifecycle,
  s3BucketObjectLock,
  s3BucketPolicy,
  s3BucketPublicAccessBlock,
  s3BucketVersioning,
  s3Object,
  sagemakerEndpoint,
  sagemakerEndpointConfiguration,
  sagemakerModel,
  snsTopic,
  snsTopicPolicy,
  ssmParameter,
];

/** @throws FalconryError `local.not-emulated` */
export function emulatedType(token: string): ResourceType {
  const type = emulatedTypes.find((candidate) => candidate.token === token);
  if (type !== undefined) return type;
  throw new FalconryError("local.not-emulated", {
    message: `${token} has no emulation on this machine`,
    hint: "Leave the resource out of the local stack, or teach it to infra/local/provider/",
  });
}
