import * as pulumi from "@pulumi/pulumi";

/** What a role may do, and on what. */
export interface Grant {
  actions: string[];
  resources: pulumi.Input<string>[];
  /** As in a policy document. */
  condition?: Record<string, Record<string, pulumi.Input<string>>>;
}

/** A policy document that allows these things and nothing else. */
export function allow(grants: Grant[]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: grants.map(({ actions, resources, condition }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(condition ? { Condition: condition } : {}),
    })),
  });
}

/** A trust policy: who may take the role on. */
export function trust(principal: Record<string, pulumi.Input<string>>, condition?: Grant["condition"]): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal, ...(condition ? { Condition: condition } : {}) }],
  });
}
