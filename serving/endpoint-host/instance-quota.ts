import type { Account } from "./account.ts";
import { ServiceError } from "./service-error.ts";
import type { Deployment } from "./state.ts";

/**
 * Refuses what would run more instances than the account may. SageMaker counts both fleets of an update.
 *
 * @throws ServiceError ResourceLimitExceeded, in SageMaker's words
 */
export function refuseOverQuota({ state, instanceLimit }: Account, target: Deployment): void {
  const deployments = Object.values(state.endpoints).flatMap(({ status, live, target }) => [
    live,
    status === "Failed" ? undefined : target,
  ]);
  const running = deployments.reduce((sum, deployment) => sum + (deployment?.variant.InitialInstanceCount ?? 0), 0);
  const { InitialInstanceCount: wanted, InstanceType } = target.variant;
  if (running + wanted <= instanceLimit) return;
  throw new ServiceError(
    "ResourceLimitExceeded",
    400,
    `The account-level service limit '${InstanceType} for endpoint usage' is ${instanceLimit} Instances, with current utilization of ${running} Instances ` +
      `and a request delta of ${wanted} Instances. Please use AWS Service Quotas to request an increase for this quota.`,
  );
}
