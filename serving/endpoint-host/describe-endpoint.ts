import type { Traffic } from "./deployment/traffic.ts";
import type { Fleet } from "./fleet.ts";
import { epochSeconds } from "./operation.ts";
import type { Deployment, EndpointRecord, EndpointUpdate } from "./state.ts";

/**
 * What DescribeEndpoint says of an endpoint. While it is Updating, the live configuration is the old one, and what comes up stands in
 * PendingDeploymentSummary.
 *
 * @param pending the fleet that an update brings up
 */
export function describeEndpoint(endpoint: EndpointRecord, traffic: Traffic | undefined, pending: Fleet | undefined): object {
  const { live, target, update } = endpoint;
  const shifted = traffic?.shifted ?? 0;
  return {
    EndpointConfigName: (live ?? target)?.config,
    EndpointStatus: endpoint.status,
    ProductionVariants: live && [
      describeVariant(live, { resolved: endpoint.modified, instances: traffic?.live.healthyInstances ?? 0, share: 1 - shifted }),
    ],
    PendingDeploymentSummary:
      target && update && describePending(target, update, { instances: pending?.healthyInstances ?? 0, share: shifted }),
    LastDeploymentConfig: endpoint.lastDeploymentConfig,
    FailureReason: endpoint.failureReason ?? traffic?.live.failure,
    CreationTime: epochSeconds(endpoint.created),
    LastModifiedTime: epochSeconds(endpoint.modified),
  };
}

interface FleetState {
  instances: number;
  /** Of the endpoint's requests, in [0, 1]. */
  share: number;
}

function describePending(target: Deployment, { started, stage, stageStarted }: EndpointUpdate, fleet: FleetState): object {
  return {
    EndpointConfigName: target.config,
    ProductionVariants: [
      {
        ...describeVariant(target, { resolved: started, ...fleet }),
        InstanceType: target.variant.InstanceType,
        VariantStatus: [{ Status: stage, StartTime: epochSeconds(stageStarted) }],
      },
    ],
    StartTime: epochSeconds(started),
  };
}

function describeVariant({ variant, container }: Deployment, { resolved, instances, share }: FleetState & { resolved: string }): object {
  const weight = variant.InitialVariantWeight ?? 1;
  return {
    VariantName: variant.VariantName,
    DeployedImages: [{ SpecifiedImage: container.Image, ResolvedImage: container.Image, ResolutionTime: epochSeconds(resolved) }],
    CurrentWeight: weight * share,
    DesiredWeight: weight,
    CurrentInstanceCount: instances,
    DesiredInstanceCount: variant.InitialInstanceCount,
  };
}
