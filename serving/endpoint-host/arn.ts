/** What an account holds, in the words of SageMaker's messages. */
export const resourceKinds = { model: "model", "endpoint-config": "endpoint configuration", endpoint: "endpoint" } as const;

export type ResourceKind = keyof typeof resourceKinds;

/** The account of every resource of an emulated region. */
export const accountId = "000000000000";

export function arn(region: string, kind: ResourceKind, name: string): string {
  return `arn:aws:sagemaker:${region}:${accountId}:${kind}/${name}`;
}
