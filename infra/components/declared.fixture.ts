import * as pulumi from "@pulumi/pulumi";
import type resources from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor, type MockResourceArgs } from "@pulumi/pulumi/runtime/mocks.js";

/** A resource as a component declared it. */
export interface DeclaredResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  ignoreChanges: string[];
  retainOnDelete: boolean;
}

/** Runs a part of the program against Pulumi's mocks, in an invented account. @returns what it declared, components left out */
export async function declared(build: () => void): Promise<DeclaredResource[]> {
  const monitor = new RecordingMonitor({ call: () => ({}), newResource: standing });
  pulumi.runtime.setMockOptions(monitor, "falconry", "test");
  await pulumi.runtime.runInPulumiStack(async () => build());
  await pulumi.runtime.disconnect();
  return monitor.declared;
}

export function ofType(all: DeclaredResource[], type: string): DeclaredResource[] {
  return all.filter((resource) => resource.type.endsWith(`:${type}`));
}

/** The statements of the policy document in one of a resource's inputs. */
export function statements(resource: DeclaredResource | undefined, input = "policy"): Statement[] {
  return JSON.parse(String(resource?.inputs[input])).Statement;
}

export interface Statement {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: unknown;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

class RecordingMonitor extends MockMonitor {
  readonly declared: DeclaredResource[] = [];

  override async registerResource(
    request: resources.RegisterResourceRequest,
    answer: (error: unknown, response: unknown) => void,
  ): Promise<void> {
    if (request.getCustom()) {
      this.declared.push({
        type: request.getType(),
        name: request.getName(),
        inputs: request.getObject()?.toJavaScript() ?? {},
        ignoreChanges: request.getIgnorechangesList(),
        retainOnDelete: request.getRetainondelete() ?? false,
      });
    }
    await super.registerResource(request, answer);
  }
}

function standing({ type, name, inputs }: MockResourceArgs) {
  const [service, kind] = [type.split(":")[1]?.split("/")[0], type.split("/")[1]?.split(":")[0]];
  const own = service === "s3" ? { bucket: name, arn: `arn:aws:s3:::${name}` } : { name };
  return { id: name, state: { arn: `arn:aws:${service}:eu-central-1:123456789012:${kind}/${name}`, keyId: name, ...own, ...inputs } };
}
