import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { z } from "zod";
import type { Account } from "./account.ts";
import { alarmNames, deploymentConfig } from "./deployment/deployment-config.ts";
import { refuseUnfit } from "./deployment/refuse-unfit.ts";
import { describeEndpoint } from "./describe-endpoint.ts";
import type { Hosting } from "./hosting.ts";
import { refuseOverQuota } from "./instance-quota.ts";
import { type Listed, listPage, listRequest } from "./listing.ts";
import { tags } from "./model-request.ts";
import { epochSeconds, type Operations, operation, resourceName } from "./operation.ts";
import { notEmulated, validation } from "./service-error.ts";
import type { Deployment, EndpointRecord, EndpointUpdate } from "./state.ts";

const named = z.strictObject({ EndpointName: resourceName });

const createRequest = z.strictObject({
  EndpointName: resourceName,
  EndpointConfigName: resourceName,
  /** For later: what is created has nothing to shift traffic from. */
  DeploymentConfig: deploymentConfig.optional(),
  Tags: tags.optional(),
});

const updateRequest = z.strictObject({
  EndpointName: resourceName,
  EndpointConfigName: resourceName,
  RetainAllVariantProperties: z.boolean().optional(),
  DeploymentConfig: deploymentConfig.optional(),
  /** Deploys as the latest create or update with a DeploymentConfig did. */
  RetainDeploymentConfig: z.boolean().optional(),
});

const listEndpointsRequest = listRequest.extend({
  SortBy: z.enum(["Name", "CreationTime", "Status"]).optional(),
  StatusEquals: z
    .enum(["OutOfService", "Creating", "Updating", "SystemUpdating", "RollingBack", "InService", "Deleting", "Failed"])
    .optional(),
  LastModifiedTimeAfter: z.number().optional(),
  LastModifiedTimeBefore: z.number().optional(),
});

/** CreateEndpoint, UpdateEndpoint, DescribeEndpoint, ListEndpoints, DeleteEndpoint. */
export function endpointOperations(account: Account, hosting: Hosting, cloudwatch: CloudWatchClient): Operations {
  return {
    CreateEndpoint: operation(createRequest, async ({ EndpointName, EndpointConfigName, DeploymentConfig, Tags }) => {
      account.refuseTaken("endpoint", EndpointName);
      const target = deploymentOf(account, EndpointConfigName);
      refuseOverQuota(account, target);
      const created = account.now();
      const endpoint: EndpointRecord = { status: "Creating", created, modified: created, target, lastDeploymentConfig: DeploymentConfig };
      account.state.endpoints[EndpointName] = endpoint;
      const EndpointArn = account.arn("endpoint", EndpointName);
      account.tag(EndpointArn, Tags);
      await account.save();
      hosting.proceed(EndpointName, endpoint);
      return { EndpointArn };
    }),

    UpdateEndpoint: operation(updateRequest, async ({ EndpointName, EndpointConfigName, ...request }) => {
      const endpoint = account.find("endpoint", EndpointName);
      const EndpointArn = account.arn("endpoint", EndpointName);
      refuseInProgress(endpoint, EndpointArn);
      if (request.RetainAllVariantProperties === true) throw notEmulated("RetainAllVariantProperties");
      const config = request.RetainDeploymentConfig === true ? endpoint.lastDeploymentConfig : request.DeploymentConfig;
      await refuseUnknownAlarms(cloudwatch, alarmNames(config));
      // Another update may have come in while the alarms were looked up.
      refuseInProgress(endpoint, EndpointArn);
      // SageMaker needs the live configuration to go back to, and refuses when it was deleted.
      if (endpoint.live !== undefined) account.find("endpoint-config", endpoint.live.config);
      const target = deploymentOf(account, EndpointConfigName);
      if (endpoint.live === undefined) throw validation(`Cannot update endpoint "${EndpointArn}" with status "Failed".`);
      if (config !== undefined) refuseUnfit(config, endpoint.live, target);
      refuseOverQuota(account, target);
      const started = account.now();
      const update: EndpointUpdate = { started, config, stage: "Creating", stageStarted: started };
      Object.assign(endpoint, { status: "Updating", target, update, modified: started, failureReason: undefined });
      endpoint.lastDeploymentConfig = config ?? endpoint.lastDeploymentConfig;
      await account.save();
      hosting.proceed(EndpointName, endpoint);
      return { EndpointArn };
    }),

    DescribeEndpoint: operation(named, async ({ EndpointName }) => {
      const endpoint = account.find("endpoint", EndpointName);
      const EndpointArn = account.arn("endpoint", EndpointName);
      return { EndpointName, EndpointArn, ...describeEndpoint(endpoint, hosting.traffic(EndpointName), hosting.pending(EndpointName)) };
    }),

    ListEndpoints: operation(
      listEndpointsRequest,
      async ({ SortBy, StatusEquals, LastModifiedTimeAfter, LastModifiedTimeBefore, ...request }) => {
        const endpoints = Object.entries(account.state.endpoints)
          .map(([name, endpoint]): ListedEndpoint => {
            return { name, created: epochSeconds(endpoint.created), modified: epochSeconds(endpoint.modified), status: endpoint.status };
          })
          .filter(({ status }) => StatusEquals === undefined || status === StatusEquals)
          .filter(({ modified }) => modified >= (LastModifiedTimeAfter ?? -Infinity) && modified <= (LastModifiedTimeBefore ?? Infinity));
        const sortValue = { Name: "name", Status: "status", CreationTime: "created" } as const;
        const { items, NextToken } = listPage(endpoints, request, (item) => item[sortValue[SortBy ?? "CreationTime"]]);
        const Endpoints = items.map(({ name, created, modified, status }) => ({
          EndpointName: name,
          EndpointArn: account.arn("endpoint", name),
          EndpointStatus: status,
          CreationTime: created,
          LastModifiedTime: modified,
        }));
        return { Endpoints, NextToken };
      },
    ),

    DeleteEndpoint: operation(named, async ({ EndpointName }) => {
      const endpoint = account.find("endpoint", EndpointName);
      refuseInProgress(endpoint, account.arn("endpoint", EndpointName));
      Object.assign(endpoint, { status: "Deleting", modified: account.now() });
      await account.save();
      hosting.proceed(EndpointName, endpoint);
      return {};
    }),
  };
}

interface ListedEndpoint extends Listed {
  modified: number;
  status: EndpointRecord["status"];
}

function deploymentOf(account: Account, config: string): Deployment {
  const { variant } = account.find("endpoint-config", config);
  return { config, variant, container: account.find("model", variant.ModelName).request.PrimaryContainer };
}

function refuseInProgress(endpoint: EndpointRecord, EndpointArn: string): void {
  if (endpoint.status === "InService" || endpoint.status === "Failed") return;
  throw validation(`Cannot update in-progress endpoint "${EndpointArn}".`);
}

async function refuseUnknownAlarms(cloudwatch: CloudWatchClient, names: string[]): Promise<void> {
  if (names.length === 0) return;
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: names, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }),
  );
  const known = [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => AlarmName);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw validation(`Could not find the CloudWatch alarms [${unknown.join(", ")}] of AutoRollbackConfiguration.`);
}
