import { z } from "zod";
import type { Account } from "./account.ts";
import { listPage, listRequest } from "./listing.ts";
import { type ContainerDefinition, modelRequest } from "./model-request.ts";
import { epochSeconds, type Operations, operation, resourceName } from "./operation.ts";
import { notEmulated, validation } from "./service-error.ts";

const named = z.strictObject({ ModelName: resourceName });

/** CreateModel, DescribeModel, ListModels, DeleteModel. */
export function modelOperations(account: Account): Operations {
  return {
    CreateModel: operation(modelRequest, async ({ Tags, ...request }) => {
      account.refuseTaken("model", request.ModelName);
      checkModelData(request.PrimaryContainer);
      const ModelArn = account.arn("model", request.ModelName);
      account.state.models[request.ModelName] = { created: account.now(), request };
      account.tag(ModelArn, Tags);
      await account.save();
      return { ModelArn };
    }),

    DescribeModel: operation(named, async ({ ModelName }) => {
      const { created, request } = account.find("model", ModelName);
      const PrimaryContainer = { Mode: "SingleModel", Environment: {}, ...request.PrimaryContainer };
      const ModelArn = account.arn("model", ModelName);
      return { EnableNetworkIsolation: false, ...request, PrimaryContainer, ModelArn, CreationTime: epochSeconds(created) };
    }),

    ListModels: operation(listRequest, async (request) => {
      const models = Object.entries(account.state.models).map(([name, { created }]) => ({ name, created: epochSeconds(created) }));
      const { items, NextToken } = listPage(models, request);
      const Models = items.map(({ name, created }) => ({ ModelName: name, ModelArn: account.arn("model", name), CreationTime: created }));
      return { Models, NextToken };
    }),

    DeleteModel: operation(named, async ({ ModelName }) => {
      account.find("model", ModelName);
      delete account.state.models[ModelName];
      delete account.state.tags[account.arn("model", ModelName)];
      await account.save();
      return {};
    }),
  };
}

function checkModelData({ ModelDataUrl, ModelDataSource }: ContainerDefinition): void {
  if (ModelDataUrl !== undefined && ModelDataSource !== undefined) {
    throw validation("Both ModelDataUrl and ModelDataSource cannot be specified for a container.");
  }
  const source = ModelDataSource?.S3DataSource;
  if (source === undefined) return;
  if (source.S3DataType === "S3Prefix" && !source.S3Uri.endsWith("/")) {
    throw validation(`S3Uri ${source.S3Uri} must end with a forward slash (/) when S3DataType is S3Prefix.`);
  }
  if ((source.S3DataType === "S3Prefix") !== (source.CompressionType === "None")) {
    throw notEmulated(`S3DataType ${source.S3DataType} with CompressionType ${source.CompressionType}`);
  }
}
