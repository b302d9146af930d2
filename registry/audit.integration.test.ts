import { randomUUID } from "node:crypto";
import { DeleteObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { connect, type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { nobodyKnown, refusalsChain } from "./api/refusals.ts";
import { type ChainHead, genesis } from "./ledger/chain.ts";
import { type Evidence, evidenceStore, keepEvidence, maxInlineEvidenceBytes } from "./ledger/evidence.ts";
import { Ledger } from "./ledger/ledger.ts";
import type { EventDraft } from "./promotion/events.ts";
import { step } from "./promotion/story.fixture.ts";
import { registryOf } from "./registry.ts";

let local: Environment;
let environment: Environment;
let endpoint: string;

beforeAll(async () => {
  local = await openEnvironment("local");
});
afterAll(() => local[Symbol.dispose]());
/** One endpoint of this test's own, beside the refusals of whoever tested before. */
beforeEach(() => {
  const [settings] = Object.values(local.descriptor.endpoints);
  if (settings === undefined) throw new Error("the region has no endpoint");
  endpoint = `audit-${randomUUID()}`;
  environment = connect({ ...local.descriptor, endpoints: { audited: { ...settings, name: endpoint } } });
});

const verify = (workload?: string) => registryOf(environment, { actor: "ada", now: () => new Date() }).verifyAudit(workload);
const refusal = {
  type: "refused",
  time: "2026-11-21T10:00:00.000Z",
  actor: nobodyKnown,
  address: "192.0.2.1",
  method: "POST",
  route: "/workloads/:name/rollback",
  code: "control-plane.no-token",
};

/** Writes a refusal after those that are there. */
async function refuse(): Promise<number> {
  const ledger = new Ledger(environment, refusalsChain);
  return (await ledger.append((await ledger.head()) ?? genesis, refusal)).sequence;
}

test("the chain of refusals is verified beside those of the endpoints", async () => {
  const events = await refuse();
  expect((await verify()).ledgers).toMatchObject([
    { workload: "audited", endpoint, events: 0, head: null },
    { workload: null, endpoint: refusalsChain, events },
  ]);
  expect((await verify("audited")).ledgers).toHaveLength(1);
});

test("a refusal whose witness was deleted is found", async () => {
  const sequence = await refuse();
  const Bucket = environment.descriptor.lake.audit;
  const Key = `${refusalsChain}/${String(sequence).padStart(12, "0")}.json`;
  await environment.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await expect(verify()).rejects.toMatchObject({
    code: "registry.audit-failed",
    message: `${refusalsChain}: the witness of event ${sequence} was written over or deleted; its first version still stands, and was compared`,
  });
  // Whoever may delete versions puts it back, for the tests that come after.
  const { DeleteMarkers = [] } = await environment.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: Key }));
  for (const { VersionId } of DeleteMarkers) await environment.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  expect((await verify()).ledgers).toHaveLength(2);
});

/** Too large for an event. */
const large = { rows: "x".repeat(maxInlineEvidenceBytes) };
const gatesPassed = step.gatesPassed("audited-1", 1);
const givingUp = step.givingUp("audited-1");

test.each<[string, (evidence: Evidence) => EventDraft[]]>([
  ["what the endpoint was probed with", (probeRows) => [Object.assign(structuredClone(gatesPassed), { probeRows })]],
  [
    "what the judge's word rests on",
    (evidence) => {
      const draft = structuredClone(givingUp);
      if (draft.type === "giving-up" && draft.judgement !== undefined) draft.judgement.evidence = evidence;
      return [
        gatesPassed,
        step.approved("audited-1"),
        step.deploying("audited-1", 1, "v0"),
        step.updating("audited-1", "v1"),
        step.baking("audited-1", "2026-11-21T10:00:05.000Z"),
        draft,
      ];
    },
  ],
])("that %s was taken away is found", async (_, after) => {
  const kept = await keepEvidence(evidenceStore(environment), { ...large, endpoint });
  if (!("sha256" in kept)) throw new Error("it was to be kept apart");
  const ledger = new Ledger(environment, endpoint);
  let head: ChainHead = genesis;
  for (const draft of [step.requested("audited-1", 1), ...after(kept)]) {
    head = await ledger.append(head, { ...draft, time: "2026-11-21T10:00:00.000Z", actor: "ada" }, { inFlight: "audited-1" });
  }
  expect((await verify("audited")).ledgers).toMatchObject([{ events: head.sequence }]);
  const Key = `evidence/${kept.sha256}`;
  await environment.s3.send(new DeleteObjectCommand({ Bucket: environment.descriptor.lake.audit, Key }));
  await expect(verify("audited")).rejects.toMatchObject({
    code: "registry.audit-failed",
    message: expect.stringContaining(`the evidence of event ${head.sequence}`),
  });
});
