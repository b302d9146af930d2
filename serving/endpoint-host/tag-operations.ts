import { z } from "zod";
import type { Account } from "./account.ts";
import { resourceKinds } from "./arn.ts";
import { tags } from "./model-request.ts";
import { type Operations, operation } from "./operation.ts";
import { validation } from "./service-error.ts";

const ResourceArn = z
  .string()
  .max(256)
  .regex(/^arn:.*$/);

/** AddTags, ListTags, DeleteTags. */
export function tagOperations(account: Account): Operations {
  return {
    AddTags: operation(z.strictObject({ ResourceArn, Tags: tags }), async (request) => {
      findByArn(account, request.ResourceArn);
      account.tag(request.ResourceArn, request.Tags);
      await account.save();
      return { Tags: tagsOf(account, request.ResourceArn) };
    }),

    // A resource holds at most 50 tags, fewer than the smallest page that may be asked for.
    ListTags: operation(z.strictObject({ ResourceArn, MaxResults: z.number().int().min(50).optional() }), async (request) => {
      findByArn(account, request.ResourceArn);
      return { Tags: tagsOf(account, request.ResourceArn) };
    }),

    DeleteTags: operation(z.strictObject({ ResourceArn, TagKeys: z.array(z.string()).min(1).max(50) }), async (request) => {
      findByArn(account, request.ResourceArn);
      for (const key of request.TagKeys) delete account.state.tags[request.ResourceArn]?.[key];
      await account.save();
      return {};
    }),
  };
}

function tagsOf(account: Account, resource: string): { Key: string; Value: string }[] {
  return Object.entries(account.state.tags[resource] ?? {}).map(([Key, Value]) => ({ Key, Value }));
}

function findByArn(account: Account, resource: string): void {
  for (const kind of ["model", "endpoint-config", "endpoint"] as const) {
    const prefix = account.arn(kind, "");
    if (resource.startsWith(prefix)) {
      account.find(kind, resource.slice(prefix.length));
      return;
    }
  }
  throw validation(`${resource} is the ARN of no ${Object.values(resourceKinds).join(", ")} of this account and region.`);
}
