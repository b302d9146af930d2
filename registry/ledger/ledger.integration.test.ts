import { randomUUID } from "node:crypto";
import { DeleteItemCommand, PutItemCommand, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Crash, intercepted } from "../crash.fixture.ts";
import { type ChainHead, genesis } from "./chain.ts";
import { evidenceStore, keepEvidence, maxInlineEvidenceBytes } from "./evidence.ts";
import { Ledger } from "./ledger.ts";
import { keptLedger, verifyChain } from "./verify.ts";

let environment: Environment;
let ledger: Ledger;

beforeAll(async () => {
  environment = await openEnvironment("local");
});
afterAll(() => environment[Symbol.dispose]());
beforeEach(() => {
  ledger = new Ledger(environment, `ledger-${randomUUID()}`);
});

const event = (reason: string) => ({ time: "2026-11-21T10:00:00.000Z", actor: "ada", type: "approved", reason });

async function write(count: number, on: Ledger = ledger): Promise<ChainHead> {
  let head: ChainHead = genesis;
  for (let at = 1; at <= count; at++) head = await on.append(head, event(`reason ${at}`), `falcon-${at}`);
  return head;
}

const findings = async () => verifyChain(await keptLedger(ledger)).map(({ fault, sequence }) => `${fault} ${sequence}`);

describe("an appended event", () => {
  test("is read back in order, chained to the one before", async () => {
    const head = await write(3);
    const records = await ledger.read();
    expect(records.map(({ sequence, event }) => [sequence, event.reason])).toEqual([
      [1, "reason 1"],
      [2, "reason 2"],
      [3, "reason 3"],
    ]);
    expect(records.map(({ event }) => event.previous)).toEqual([genesis.hash, records[0]?.hash, records[1]?.hash]);
    expect(await ledger.head()).toEqual({ sequence: 3, hash: head.hash, inFlight: "falcon-3" });
    expect(await findings()).toEqual([]);
  });

  test("leaves nothing in flight where nothing is", async () => {
    await ledger.append(await write(1), event("done"), undefined);
    expect(await ledger.head()).not.toHaveProperty("inFlight");
  });

  test("is read from any place on", async () => {
    const [first] = (await write(3)) && (await ledger.read());
    expect((await ledger.read(first)).map(({ sequence }) => sequence)).toEqual([2, 3]);
  });
});

describe("two writers", () => {
  test("of whom one read an older head: refused, and nothing is lost", async () => {
    const [first] = (await write(2)) && (await ledger.read());
    await expect(ledger.append(first ?? genesis, event("late"), undefined)).rejects.toMatchObject({ code: "registry.conflict" });
    expect((await ledger.read()).map(({ event }) => event.reason)).toEqual(["reason 1", "reason 2"]);
  });

  test("at the same moment: exactly one is through", async () => {
    const head = await write(1);
    const outcomes = await Promise.allSettled(["ada", "grace", "linus"].map((who) => ledger.append(head, event(who), undefined)));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await ledger.read()).toHaveLength(2);
    expect(await findings()).toEqual([]);
  });
});

test("a transaction whose answer was lost, and that is refused when it is sent again, has succeeded", async () => {
  const head = await write(1);
  const lost = intercepted(environment, async (name, _, call) => {
    await call();
    if (name !== "TransactWriteItemsCommand") return call();
    throw new TransactionCanceledException({ message: "sent again, and refused", $metadata: {} });
  });
  expect(await new Ledger(lost, ledger.endpoint).append(head, event("once"), undefined)).toMatchObject({ sequence: 2 });
  expect((await ledger.read()).map(({ event }) => event.reason)).toEqual(["reason 1", "once"]);
});

describe("a writer that dies between table and witness", () => {
  const dying = () =>
    intercepted(environment, (name, _, call) => {
      if (name === "PutObjectCommand") throw new Crash();
      return call();
    });

  test("leaves an event without a witness, which verify reports and does not mend", async () => {
    await expect(write(1, new Ledger(dying(), ledger.endpoint))).rejects.toThrow(Crash);
    expect(await findings()).toEqual(["witness-missing 1"]);
    expect(await findings()).toEqual(["witness-missing 1"]);
  });

  test("is made good by the next writer", async () => {
    await expect(write(1, new Ledger(dying(), ledger.endpoint))).rejects.toThrow(Crash);
    const [last] = await ledger.read();
    await ledger.append(last ?? genesis, event("next"), undefined);
    expect(await findings()).toEqual([]);
  });
});

describe("somebody with access to the table or the bucket", () => {
  const item = (sequence: number) => ({ endpoint: { S: ledger.endpoint }, sequence: { N: String(sequence) } });
  const put = (sequence: number, text: string) =>
    environment.dynamodb.send(
      new PutItemCommand({ TableName: environment.descriptor.tables.ledger, Item: { ...item(sequence), event: { S: text } } }),
    );

  test("flips a byte of an event: verify names it, and no reader acts on the ledger", async () => {
    await write(3);
    for await (const { sequence, text } of ledger.stored()) if (sequence === 2) await put(2, text.replace("reason 2", "reason 3"));
    expect(await findings()).toEqual(["event-changed 2"]);
    await expect(ledger.read()).rejects.toMatchObject({ code: "registry.ledger-corrupt", exitCode: 3 });
  });

  test("takes an event out", async () => {
    await write(3);
    await environment.dynamodb.send(new DeleteItemCommand({ TableName: environment.descriptor.tables.ledger, Key: item(2) }));
    expect(await findings()).toEqual(["event-missing 2"]);
    await expect(ledger.read()).rejects.toMatchObject({ code: "registry.ledger-corrupt" });
  });

  test("overwrites a witness: the next writer stops", async () => {
    const head = await write(1);
    const { audit } = environment.descriptor.lake;
    const { Contents } = await environment.s3.send(new ListObjectsV2Command({ Bucket: audit, Prefix: `${ledger.endpoint}/` }));
    const Key = Contents?.[0]?.Key;
    await environment.s3.send(new DeleteObjectCommand({ Bucket: audit, Key }));
    await environment.s3.send(new PutObjectCommand({ Bucket: audit, Key, Body: "{}" }));
    expect(await findings()).toEqual(["witness-disagrees 1"]);
    await expect(new Ledger(environment, ledger.endpoint).append(head, event("next"), undefined)).rejects.toMatchObject({
      code: "registry.ledger-corrupt",
    });
  });
});

describe("evidence", () => {
  test("that is small stands in the event", async () => {
    expect(await keepEvidence(evidenceStore(environment), { rows: 18 })).toEqual({ inline: { rows: 18 } });
  });

  test("over 32 KB stands in the audit bucket under its hash", async () => {
    const value = { text: "x".repeat(maxInlineEvidenceBytes) };
    const kept = await keepEvidence(evidenceStore(environment), value);
    if (!("sha256" in kept)) throw new Error("it stands in the event");
    const stored = Buffer.from(await evidenceStore(environment).get(kept.sha256)).toString("utf8");
    expect(JSON.parse(stored)).toEqual(value);
  });
});
