import { expect, test } from "vitest";
import { z } from "zod";
import type { PromotionEvent } from "../promotion/events.ts";
import { notificationOf, notificationSchema } from "./notification.ts";

const stamp = { sequence: 9, previous: "0".repeat(64), time: "2026-11-21T09:12:04.000Z", actor: "grace", promotion: "falcon-7" };
const about = { environment: "local", workload: "falcon", endpoint: "local-falcon" };
const standing = { state: "approved", version: 3 };

test("schema.json is the schema that messages are made by", async () => {
  const schema = JSON.stringify(z.toJSONSchema(notificationSchema, { io: "input" }), undefined, 2);
  await expect(`${schema}\n`).toMatchFileSnapshot("schema.json");
});

test("a message says what happened, to what, and how it stands now", () => {
  const event: PromotionEvent = { ...stamp, type: "approved", reason: "better on the same rows" };
  expect(notificationOf(about, event, standing)).toEqual({
    schema: 1,
    ...about,
    ...{ sequence: 9, time: "2026-11-21T09:12:04.000Z", actor: "grace", type: "approved", promotion: "falcon-7", version: 3 },
    state: "approved",
    reason: "better on the same rows",
  });
});

test("a canary that was given up carries who found it, and the judge's word", () => {
  const judgement = {
    verdict: "unhealthy",
    findings: [],
    requests: { champion: 9, challenger: 9 },
    seconds: 5,
    evidence: { inline: null },
  } as const;
  const event: PromotionEvent = { ...stamp, type: "giving-up", by: "judge", reason: "latency", judgement: { ...judgement, findings: [] } };
  expect(notificationOf(about, event, standing)).toMatchObject({ by: "judge", verdict: "unhealthy", reason: "latency" });
});

test.each<[string, PromotionEvent]>([
  ["an event without a reason", { ...stamp, type: "baking", since: stamp.time }],
  ["an event with an end", { ...stamp, type: "rolled-back", version: 0, config: "bootstrap", probes: 6, seconds: 2 }],
])("the message of %s is of the schema", (_, event) => {
  const notification = notificationOf(about, event, { state: "rolled-back", version: 0 });
  expect(notificationSchema.parse(JSON.parse(JSON.stringify(notification)))).toEqual(notification);
});
