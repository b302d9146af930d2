import { BatchWriteItemCommand, type WriteRequest } from "@aws-sdk/client-dynamodb";
import type { Environment } from "@falconry/environment/environment.ts";
import { promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";
import { chain, genesis, hashOf } from "@falconry/registry/ledger/chain.ts";
import type { EventDraft } from "@falconry/registry/promotion/events.ts";

/** DynamoDB's limit for one call. */
const writesPerCall = 25;

/** Gives an endpoint a ledger of so many events, chained and settled, as years of promotions that a gate refused would leave it; an even number of them. */
export async function writeLedger({ dynamodb, descriptor }: Environment, endpoint: string, events: number): Promise<void> {
  const { ledger: table } = descriptor.tables;
  const key = (sequence: number) => ({ endpoint: { S: endpoint }, sequence: { N: String(sequence) } });
  let head = genesis;
  let writes: WriteRequest[] = [];
  const flush = async () => {
    if (writes.length > 0) await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: writes } }));
    writes = [];
  };
  while (head.sequence < events) {
    const time = new Date(Date.parse("2026-01-01T00:00:00Z") + head.sequence * 60_000).toISOString();
    const text = chain(head, { ...refusedPromotion(head.sequence), time, actor: "ada" });
    head = { sequence: head.sequence + 1, hash: hashOf(text) };
    writes.push({ PutRequest: { Item: { ...key(head.sequence), event: { S: text } } } });
    if (writes.length === writesPerCall) await flush();
  }
  const last = { N: String(head.sequence) };
  writes.push({ PutRequest: { Item: { ...key(0), last, settled: last, hash: { S: head.hash } } } });
  await flush();
}

const settings = promotionSettingsSchema.parse({
  metric: "accuracy",
  gates: { floor: 0.7, minimumRows: 10 },
  rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
});

/** By turns the request, and what the gates said. */
function refusedPromotion(before: number): EventDraft {
  const promotion = `falcon-${before + 1 - (before % 2)}`;
  if (before % 2 === 0) return { type: "requested", promotion, version: 1 + before / 2, settings, settingsDigest: "0".repeat(64) };
  const gates = [{ name: "metric-floor", passed: false, measured: "accuracy 0.6111 on 18 rows", required: "accuracy of at least 0.7" }];
  return { type: "gates-failed", promotion, gates, champion: null, evidence: { inline: { rows: 18 } } };
}
