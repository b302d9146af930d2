/**
 * What promotion tells CloudWatch while a canary bakes (D4), and what the two alarms of an endpoint watch. Infrastructure makes the alarms, promotion writes the
 * metrics, both by this.
 */

export const rolloutNamespace = "Falconry/Rollout";

/** 1 while a deployment is watched over. The alarm `silent` breaches where it is missing. */
export const heartbeatMetric = "Heartbeat";

/** 1 when a deployment is to be rolled back. The alarm `unhealthy` breaches on it; where it is missing, nothing is wrong. */
export const unhealthyMetric = "Unhealthy";

export interface RolloutDimensions {
  /** Name of the SageMaker endpoint. */
  Endpoint: string;
}
