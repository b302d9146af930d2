import type { Workload } from "@falconry/model/workload.ts";
import { workload as falcon } from "@falconry/workloads/falcon/workload.ts";
import { expect, test } from "vitest";
import { promotionRules } from "./promotion-rules.ts";

const workload: Workload = { ...falcon, rollout: { ...falcon.rollout, canary: { minimumRequests: 50, maxBakeSeconds: 900 } } };

test("without a stack's canary, promotions are held to what the workload declares, and to nothing else of it", () => {
  expect(promotionRules(workload, { development: true })).toEqual({
    metric: workload.metric,
    gates: workload.gates,
    rollout: workload.rollout,
  });
});

test("a stack's canary goes over the workload's, member by member", () => {
  const { rollout } = promotionRules(workload, { canary: { maxBakeSeconds: 600 } });
  expect(rollout.canary).toEqual({ minimumRequests: 50, maxBakeSeconds: 600 });
});

test.each([
  [undefined, true],
  [false, true],
  [true, false],
])("where the stack's development is %s, a workload that turns four eyes off has them on: %s", (development, fourEyes) => {
  const careless = { ...workload, rollout: { ...workload.rollout, fourEyes: false } };
  expect(promotionRules(careless, { development }).rollout.fourEyes).toBe(fourEyes);
});

test.each([
  ["a member that no canary has", { bakeSeconds: 4 }, /^falconry:canary: .*"bakeSeconds"/],
  ["a value of another type", { minimumRequests: "many" }, /^falconry:canary\.minimumRequests: .*for workload "falcon"/],
  ["members that contradict each other", { maxBakeSeconds: 130 }, /^falconry:canary\.maxBakeSeconds: it must be at least/],
  ["no object", "quick", /^falconry:canary: it must be an object/],
])("%s is refused by the property's name", (_, stackCanary, message) => {
  expect(() => promotionRules(workload, { canary: stackCanary })).toThrow(
    expect.objectContaining({ code: "infra.canary", message: expect.stringMatching(message) }),
  );
});
