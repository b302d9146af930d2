import { z } from "zod";
import type { Account } from "./account.ts";
import { listPage, listRequest } from "./listing.ts";
import { epochSeconds, type Operations, operation, resourceName } from "./operation.ts";
import { notEmulated } from "./service-error.ts";
import { endpointConfigRequest } from "./variant-request.ts";

const named = z.strictObject({ EndpointConfigName: resourceName });

/** CreateEndpointConfig, DescribeEndpointConfig, ListEndpointConfigs, DeleteEndpointConfig. */
export function endpointConfigOperations(account: Account): Operations {
  return {
    CreateEndpointConfig: operation(endpointConfigRequest, async ({ EndpointConfigName, ProductionVariants, ...request }) => {
      account.refuseTaken("endpoint-config", EndpointConfigName);
      const [variant, another] = ProductionVariants;
      if (variant === undefined || another !== undefined) throw notEmulated("more than one production variant");
      account.find("model", variant.ModelName);
      const EndpointConfigArn = account.arn("endpoint-config", EndpointConfigName);
      account.state.configs[EndpointConfigName] = {
        created: account.now(),
        variant,
        kmsKeyId: request.KmsKeyId,
        executionRoleArn: request.ExecutionRoleArn,
      };
      account.tag(EndpointConfigArn, request.Tags);
      await account.save();
      return { EndpointConfigArn };
    }),

    DescribeEndpointConfig: operation(named, async ({ EndpointConfigName }) => {
      const { created, variant, kmsKeyId, executionRoleArn } = account.find("endpoint-config", EndpointConfigName);
      return {
        EndpointConfigName,
        EndpointConfigArn: account.arn("endpoint-config", EndpointConfigName),
        ProductionVariants: [{ InitialVariantWeight: 1, ...variant }],
        KmsKeyId: kmsKeyId,
        ExecutionRoleArn: executionRoleArn,
        CreationTime: epochSeconds(created),
      };
    }),

    ListEndpointConfigs: operation(listRequest, async (request) => {
      const configs = Object.entries(account.state.configs).map(([name, { created }]) => ({ name, created: epochSeconds(created) }));
      const { items, NextToken } = listPage(configs, request);
      const EndpointConfigs = items.map(({ name, created }) => ({
        EndpointConfigName: name,
        EndpointConfigArn: account.arn("endpoint-config", name),
        CreationTime: created,
      }));
      return { EndpointConfigs, NextToken };
    }),

    DeleteEndpointConfig: operation(named, async ({ EndpointConfigName }) => {
      account.find("endpoint-config", EndpointConfigName);
      delete account.state.configs[EndpointConfigName];
      delete account.state.tags[account.arn("endpoint-config", EndpointConfigName)];
      await account.save();
      return {};
    }),
  };
}
