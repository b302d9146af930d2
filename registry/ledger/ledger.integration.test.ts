import { randomUUID } from "node:crypto";
import { DeleteItemCommand, PutItemCommand, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { fc, test } from "@fast-check/vitest";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { Crash, intercepted } from "../crash.fixture.ts";
import { type ChainHead, chain, genesis, hashOf } from "./chain.ts";
import { evidenceStore, keepEvidence, maxInlineEvidenceBytes } from "./evidence.ts";
import type { Lease } from "./head.ts";
import { Ledger, maxPageBytes } from "./ledger.ts";
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
  for (let at = 1; at <= count; at++) head = await on.append(head, event(`reason ${at}`), { inFlight: `falcon-${at}` });
  return head;
}

const events = async () => (await ledger.read()).records;
const findings = async () => verifyChain(await keptLedger(ledger)).map(({ fault, sequence }) => `${fault} ${sequence}`);

describe("an appended event", () => {
  test("is read back in order, chained to the one before", async () => {
    const head = await write(3);
    const { records, head: read } = await ledger.read();
    expect(records.map(({ sequence, event }) => [sequence, event.reason])).toEqual([
      [1, "reason 1"],
      [2, "reason 2"],
      [3, "reason 3"],
    ]);
    expect(records.map(({ event }) => event.previous)).toEqual([genesis.hash, records[0]?.hash, records[1]?.hash]);
    expect(read).toEqual({ sequence: 3, hash: head.hash, inFlight: "falcon-3", settled: 0 });
    expect(await ledger.head()).toEqual(read);
    expect(await findings()).toEqual([]);
  });

  test("leaves nothing in flight where nothing is", async () => {
    await ledger.append(await write(1), event("done"));
    expect(await ledger.head()).not.toHaveProperty("inFlight");
  });

  test("is read from any place on", async () => {
    const [first] = (await write(3)) && (await events());
    expect((await ledger.read(first)).records.map(({ sequence }) => sequence)).toEqual([2, 3]);
  });
});

describe("two writers", () => {
  test("of whom one read an older head: refused, and nothing is lost", async () => {
    const [first] = (await write(2)) && (await events());
    await expect(ledger.append(first ?? genesis, event("late"))).rejects.toMatchObject({ code: "registry.conflict" });
    expect((await events()).map(({ event }) => event.reason)).toEqual(["reason 1", "reason 2"]);
  });

  test("at the same moment: exactly one is through", async () => {
    const head = await write(1);
    const outcomes = await Promise.allSettled(["ada", "grace", "linus"].map((who) => ledger.append(head, event(who))));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await events()).toHaveLength(2);
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
  expect(await new Ledger(lost, ledger.endpoint).append(head, event("once"))).toMatchObject({ sequence: 2 });
  expect((await events()).map(({ event }) => event.reason)).toEqual(["reason 1", "once"]);
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
    const [last] = await events();
    await ledger.append(last ?? genesis, event("next"));
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

  test("cuts the end off: no reader acts on the ledger", async () => {
    await write(3);
    await environment.dynamodb.send(new DeleteItemCommand({ TableName: environment.descriptor.tables.ledger, Key: item(3) }));
    expect(await findings()).toEqual(["tail-cut 3"]);
    await expect(ledger.read()).rejects.toMatchObject({ code: "registry.ledger-corrupt" });
  });

  test("puts an event in at the end, chained, and moves the head to it", async () => {
    const head = await write(2);
    const text = chain(head, event("trust me"));
    await put(3, text);
    await environment.dynamodb.send(
      new PutItemCommand({
        TableName: environment.descriptor.tables.ledger,
        Item: { ...item(0), last: { N: "3" }, hash: { S: hashOf(text) } },
      }),
    );
    expect(await findings()).toEqual(["witness-missing 3"]);
  });

  test("changes the places of two events", async () => {
    await write(3);
    const texts = new Map<number, string>();
    for await (const { sequence, text } of ledger.stored()) texts.set(sequence, text);
    await put(2, texts.get(3) ?? "");
    await put(3, texts.get(2) ?? "");
    expect(await findings()).toEqual(expect.arrayContaining(["event-changed 2", "event-changed 3"]));
  });

  describe("with the audit bucket", () => {
    const witnessOf = async (sequence: number) => {
      const { audit: Bucket } = environment.descriptor.lake;
      const { Contents = [] } = await environment.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${ledger.endpoint}/` }));
      return { Bucket, Key: Contents[sequence - 1]?.Key };
    };

    test("writes another witness over one: the first one counts, and the other is a finding", async () => {
      await write(2);
      await environment.s3.send(new PutObjectCommand({ ...(await witnessOf(1)), Body: "{}" }));
      expect(await findings()).toEqual(["witness-overwritten 1"]);
    });

    test("deletes a witness: it still stands below, and the deletion is a finding", async () => {
      await write(2);
      await environment.s3.send(new DeleteObjectCommand(await witnessOf(2)));
      expect(await findings()).toEqual(["witness-overwritten 2"]);
    });

    test("puts in an event with a witness of another hash: the next writer stops", async () => {
      const head = await write(1);
      const ahead = new Ledger(environment, ledger.endpoint);
      await environment.s3.send(
        new PutObjectCommand({ ...(await witnessOf(1)), Key: `${ledger.endpoint}/000000000002.json`, Body: JSON.stringify({ hash: "" }) }),
      );
      await expect(ahead.append(head, event("next"))).rejects.toMatchObject({ code: "registry.ledger-corrupt" });
    });
  });
});

describe("the lease", () => {
  const [noon, later] = [new Date("2026-11-21T12:00:00Z"), new Date("2026-11-21T12:01:00Z")];

  test("is one holder's until it is given back", async () => {
    await write(1);
    const lease = await ledger.acquire("ada", noon, 60);
    expect(lease).toEqual({ holder: "ada", fence: 1 });
    expect(await ledger.acquire("grace", noon, 60)).toBeUndefined();
    expect(await ledger.head()).toMatchObject({ lease: { holder: "ada", fence: 1, until: later.toISOString() } });
    if (lease) await ledger.release(lease);
    expect(await ledger.acquire("grace", noon, 60)).toEqual({ holder: "grace", fence: 2 });
  });

  test("is free when its time is over", async () => {
    await write(1);
    await ledger.acquire("ada", noon, 60);
    expect(await ledger.acquire("grace", new Date(later.getTime() - 1), 60)).toBeUndefined();
    expect(await ledger.acquire("grace", later, 60)).toEqual({ holder: "grace", fence: 2 });
  });

  test("can be taken before the first event, and the first event written under it", async () => {
    const lease = await ledger.acquire("ada", noon, 60);
    expect(await ledger.head()).toBeUndefined();
    expect(await ledger.append(genesis, event("first"), { lease })).toMatchObject({ sequence: 1 });
    expect(await findings()).toEqual([]);
  });

  test("of two who ask at the same moment, one gets it", async () => {
    await write(1);
    const leases = await Promise.all(["ada", "grace", "linus"].map((who) => ledger.acquire(who, noon, 60)));
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  test("a stale holder writes nothing any more, and gives nothing back", async () => {
    const head = await write(1);
    const stale = await ledger.acquire("ada", noon, 60);
    const lease = await ledger.acquire("grace", later, 60);
    await expect(ledger.append(head, event("late"), { lease: stale })).rejects.toMatchObject({ code: "registry.lease-lost", exitCode: 3 });
    if (stale) await ledger.release(stale);
    expect(await ledger.append(head, event("in time"), { lease })).toMatchObject({ sequence: 2 });
    expect((await events()).map(({ event }) => event.reason)).toEqual(["reason 1", "in time"]);
  });

  test("a holder whose time is over, and whom nobody followed, still writes", async () => {
    const head = await write(1);
    const lease = await ledger.acquire("ada", noon, 0);
    expect(await ledger.append(head, event("alone"), { lease })).toMatchObject({ sequence: 2 });
  });

  test("a person's word needs none, and makes the holder read on", async () => {
    const head = await write(1);
    const lease = await ledger.acquire("ada", noon, 60);
    await ledger.append(head, event("by a person"));
    await expect(ledger.append(head, event("by the holder"), { lease })).rejects.toMatchObject({ code: "registry.conflict" });
  });

  test.prop([fc.array(fc.record({ who: fc.constantFrom("ada", "grace"), takes: fc.boolean() }), { maxLength: 8 })], { numRuns: 10 })(
    "whoever took it last is the only one who writes",
    async (turns) => {
      const shared = new Ledger(environment, `ledger-${randomUUID()}`);
      const held = new Map<string, Lease | undefined>();
      let head: ChainHead = genesis;
      let last: string | undefined;
      for (const [minute, { who, takes }] of turns.entries()) {
        if (takes) {
          held.set(who, await shared.acquire(who, new Date(noon.getTime() + minute * 60_000), 60));
          last = who;
        } else if (held.has(who)) {
          const written = await shared.append(head, event(who), { lease: held.get(who) }).catch(() => undefined);
          expect(written !== undefined).toBe(who === last);
          head = written ?? head;
        }
      }
    },
  );
});

test("what is settled stays settled", async () => {
  await write(3);
  await ledger.settle(2);
  await ledger.settle(1);
  expect(await ledger.head()).toMatchObject({ settled: 2 });
});

describe("a page", () => {
  const page = async (after: number, limit: number) => {
    const { records, more } = await ledger.page(after, limit);
    return { sequences: records.map(({ sequence }) => sequence), more };
  };

  test("has so many events after one, and says whether there are more", async () => {
    await write(5);
    expect(await page(0, 2)).toEqual({ sequences: [1, 2], more: true });
    expect(await page(2, 2)).toEqual({ sequences: [3, 4], more: true });
    expect(await page(4, 2)).toEqual({ sequences: [5], more: false });
    expect(await page(5, 2)).toEqual({ sequences: [], more: false });
    expect(await page(9, 2)).toEqual({ sequences: [], more: false });
  });

  test("ends before it is too large for an answer, and the next one goes on", async () => {
    let head: ChainHead = genesis;
    const sixteenth = event("x".repeat(maxPageBytes / 16));
    for (let at = 1; at <= 18; at += 1) head = await ledger.append(head, sixteenth);
    const { sequences, more } = await page(0, 18);
    expect([sequences.at(-1), more]).toEqual([15, true]);
    expect(await page(15, 18)).toEqual({ sequences: [16, 17, 18], more: false });
  });

  test("is chained to the event before it", async () => {
    await write(3);
    for await (const { sequence, text } of ledger.stored())
      if (sequence === 2) {
        const Item = { endpoint: { S: ledger.endpoint }, sequence: { N: "2" }, event: { S: text.replace("reason 2", "reason 3") } };
        await environment.dynamodb.send(new PutItemCommand({ TableName: environment.descriptor.tables.ledger, Item }));
      }
    await expect(page(2, 2)).rejects.toMatchObject({ code: "registry.ledger-corrupt" });
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
