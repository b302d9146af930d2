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

/** Runs the program, or a part of it, as the stack `dev` against Pulumi's mocks, in an invented account. @returns what it declared, components left out */
export async function declared(build: () => unknown, config: Record<string, string> = {}): Promise<DeclaredResource[]> {
  const monitor = new RecordingMonitor({ call: () => ({}), newResource: standing });
  pulumi.runtime.setAllConfig(config);
  pulumi.runtime.setMockOptions(monitor, "falconry", "dev");
  try {
    await pulumi.runtime.runInPulumiStack(async () => build());
  } finally {
    // What was begun is waited for, so that nothing of it reaches the next run.
    await pulumi.runtime.disconnect();
  }
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
        inputs: opened(request.getObject()?.toJavaScript() ?? {}),
        ignoreChanges: request.getIgnorechangesList(),
        retainOnDelete: request.getRetainondelete() ?? false,
      });
    }
    await super.registerResource(request, answer);
  }
}

/** Secrets unwrapped: Pulumi takes every value of an SSM parameter for one. */
function opened(inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, pulumi.runtime.unwrapRpcSecret(value)]));
}

function standing({ type, name, inputs }: MockResourceArgs) {
  const [service = "", kind] = [type.split(":")[1]?.split("/")[0], type.split("/")[1]?.split(":")[0]];
  const arn = `arn:aws:${service}:eu-central-1:123456789012:${kind}/${name}`;
  return { id: name, state: { arn, keyId: name, name, ...own[service]?.(name), ...inputs } };
}

/** What a service adds that others do not. */
const own: Record<string, (name: string) => Record<string, string>> = {
  s3: (name) => ({ bucket: name, arn: `arn:aws:s3:::${name}` }),
  cognito: () => ({ endpoint: "cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a" }),
  apigatewayv2: () => ({
    apiEndpoint: "https://api.execute-api.eu-central-1.amazonaws.com",
    executionArn: "arn:aws:execute-api:eu-central-1:123456789012:api",
  }),
  lambda: (name) => ({ invokeArn: `arn:aws:apigateway:eu-central-1:lambda:path/functions/${name}/invocations` }),
};
