import { z } from "zod";
import type { Account } from "./account.ts";
import type { Hosting } from "./hosting.ts";
import { type Listed, listPage, listRequest } from "./listing.ts";
import { tags } from "./model-request.ts";
import { epochSeconds, type Operations, operation, resourceName } from "./operation.ts";
import { notEmulated, validation } from "./service-error.ts";
import type { Deployment, EndpointRecord } from "./state.ts";

const named = z.strictObject({ EndpointName: resourceName });

const createRequest = z.strictObject({ EndpointName: resourceName, EndpointConfigName: resourceName, Tags: tags.optional() });

const updateRequest = z.strictObject({
  EndpointName: resourceName,
  EndpointConfigName: resourceName,
  RetainAllVariantProperties: z.boolean().optional(),
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
export function endpointOperations(account: Account, hosting: Hosting): Operations {
  return {
    CreateEndpoint: operation(createRequest, async ({ EndpointName, EndpointConfigName, Tags }) => {
      account.refuseTaken("endpoint", EndpointName);
      const target = deploymentOf(account, EndpointConfigName);
      const created = account.now();
      const endpoint: EndpointRecord = { status: "Creating", created, modified: created, target };
      account.state.endpoints[EndpointName] = endpoint;
      const EndpointArn = account.arn("endpoint", EndpointName);
      account.tag(EndpointArn, Tags);
      await account.save();
      hosting.proceed(EndpointName, endpoint);
      return { EndpointArn };
    }),

    UpdateEndpoint: operation(updateRequest, async ({ EndpointName, EndpointConfigName, RetainAllVariantProperties }) => {
      const endpoint = account.find("endpoint", EndpointName);
      const EndpointArn = account.arn("endpoint", EndpointName);
      refuseInProgress(endpoint, EndpointArn);
      if (RetainAllVariantProperties === true) throw notEmulated("RetainAllVariantProperties");
      // SageMaker needs the live configuration to go back to, and refuses when it was deleted.
      if (endpoint.live !== undefined) account.find("endpoint-config", endpoint.live.config);
      const target = deploymentOf(account, EndpointConfigName);
      if (endpoint.live === undefined) throw validation(`Cannot update endpoint "${EndpointArn}" with status "Failed".`);
      Object.assign(endpoint, { status: "Updating", target, modified: account.now(), failureReason: undefined });
      await account.save();
      hosting.proceed(EndpointName, endpoint);
      return { EndpointArn };
    }),

    DescribeEndpoint: operation(named, async ({ EndpointName }) => {
      const endpoint = account.find("endpoint", EndpointName);
      const fleet = hosting.live(EndpointName);
      return {
        EndpointName,
        EndpointArn: account.arn("endpoint", EndpointName),
        EndpointConfigName: (endpoint.live ?? endpoint.target)?.config,
        EndpointStatus: endpoint.status,
        ProductionVariants: endpoint.live && [describeVariant(endpoint.live, endpoint.modified, fleet?.healthyInstances ?? 0)],
        FailureReason: endpoint.failureReason ?? fleet?.failure,
        CreationTime: epochSeconds(endpoint.created),
        LastModifiedTime: epochSeconds(endpoint.modified),
      };
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

function describeVariant({ variant, container }: Deployment, resolved: string, instances: number): object {
  const weight = variant.InitialVariantWeight ?? 1;
  return {
    VariantName: variant.VariantName,
    DeployedImages: [{ SpecifiedImage: container.Image, ResolvedImage: container.Image, ResolutionTime: epochSeconds(resolved) }],
    CurrentWeight: weight,
    DesiredWeight: weight,
    CurrentInstanceCount: instances,
    DesiredInstanceCount: variant.InitialInstanceCount,
  };
}
