import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { endpointName } from "./endpoint-name.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/);

test("an endpoint is named after its environment and workload", () => {
  expect(endpointName("dev", "falcon")).toBe("dev-falcon");
});

test.prop([name, name])("a name leaves room for promotion's suffix within SageMaker's 63 characters", (environment, workload) => {
  expect(endpointName(environment, workload).length).toBeLessThanOrEqual(40);
});

test.prop([name, name, name])("two workloads of an environment never share an endpoint", (environment, one, other) => {
  fc.pre(one !== other);
  expect(endpointName(environment, one)).not.toBe(endpointName(environment, other));
});
