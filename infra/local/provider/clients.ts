import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { localCredentials, localRegionName } from "@falconry/environment/environment.ts";

/** Where the emulated services of a region answer. */
export interface EmulatorAddresses {
  awsEndpointUrl: string;
  sagemakerEndpointUrl: string;
}

export type EmulatorClients = ReturnType<typeof emulatorClients>;

export function emulatorClients({ awsEndpointUrl, sagemakerEndpointUrl }: EmulatorAddresses) {
  const settings = { region: localRegionName, credentials: localCredentials };
  const aws = { ...settings, endpoint: awsEndpointUrl };
  return {
    cloudwatch: new CloudWatchClient(aws),
    cognito: new CognitoIdentityProviderClient(aws),
    dynamodb: new DynamoDBClient(aws),
    iam: new IAMClient(aws),
    kms: new KMSClient(aws),
    s3: new S3Client({ ...aws, forcePathStyle: true }),
    sagemaker: new SageMakerClient({ ...settings, endpoint: sagemakerEndpointUrl }),
    sns: new SNSClient(aws),
    ssm: new SSMClient(aws),
  };
}
