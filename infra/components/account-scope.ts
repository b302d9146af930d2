/** Where ARNs of one account and region begin. */
export interface AccountScope {
  /** "aws", "aws-cn", "aws-us-gov". */
  partition: string;
  region: string;
  account: string;
}

/** The scope that a regional ARN lies in: spares asking AWS who one is. */
export function scopeOf(arn: string): AccountScope {
  const [prefix, partition, , region, account] = arn.split(":");
  if (prefix !== "arn" || !partition || !region || !account) throw new RangeError(`"${arn}" is no ARN with region and account`);
  return { partition, region, account };
}
