import { randomUUID } from "node:crypto";
import { DeleteObjectCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { connect, type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { refusalsChain } from "./api/refusals.ts";
import { genesis } from "./ledger/chain.ts";
import { Ledger } from "./ledger/ledger.ts";
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
const refusal = { time: "2026-11-21T10:00:00.000Z", actor: "unknown", type: "refused", code: "control-plane.no-token" };

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
