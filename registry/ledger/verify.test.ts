import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { type ChainHead, chain, genesis, hashOf } from "./chain.ts";
import type { HeadItem } from "./head.ts";
import { type Finding, keptLedger, verifyChain } from "./verify.ts";
import type { Witness } from "./witness.ts";

interface Kept {
  texts: Map<number, string>;
  head: HeadItem | undefined;
  witnesses: Map<number, Witness>;
}

/** A ledger as an honest writer leaves it. */
function written(events: number): Kept {
  const kept: Kept = { texts: new Map(), head: undefined, witnesses: new Map() };
  let head: ChainHead = genesis;
  for (let at = 0; at < events; at++) {
    const text = chain(head, { time: "2026-11-21T10:00:00.000Z", actor: "ada", type: "approved", reason: `reason ${at}` });
    head = { sequence: head.sequence + 1, hash: hashOf(text) };
    kept.texts.set(head.sequence, text);
    kept.witnesses.set(head.sequence, witness(head.hash));
    kept.head = { ...head, settled: head.sequence };
  }
  return kept;
}

const witness = (hash: string): Witness => ({ hash, overwritten: false });
const headOf = ({ head }: Kept): HeadItem => head ?? { ...genesis, settled: 0 };
const textAt = ({ texts }: Kept, sequence: number): string => texts.get(sequence) ?? "";
const faults = (findings: Finding[]) => findings.map(({ fault, sequence }) => `${fault} ${sequence}`);

function flip(text: string, place: number, bit: number): string {
  const bytes = Buffer.from(text, "latin1");
  const at = place % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  return bytes.toString("latin1");
}

const place = fc.nat();
const length = fc.integer({ min: 2, max: 8 });

describe("a ledger that nobody touched", () => {
  test.prop([fc.integer({ min: 0, max: 8 })])("has no findings", (events) => {
    expect(verifyChain(written(events))).toEqual([]);
  });
});

describe("any single mutation is found and named", () => {
  test.prop([length, place, place, fc.integer({ min: 0, max: 6 })])("a flipped bit of an event", (events, which, where, bit) => {
    const kept = written(events);
    const sequence = 1 + (which % events);
    kept.texts.set(sequence, flip(textAt(kept, sequence), where, bit));
    expect(faults(verifyChain(kept))).toContain(`event-changed ${sequence}`);
  });

  test.prop([length, place])("an event that is missing from the middle", (events, which) => {
    const kept = written(events);
    const sequence = 1 + (which % (events - 1));
    kept.texts.delete(sequence);
    expect(faults(verifyChain(kept))).toEqual([`event-missing ${sequence}`]);
  });

  test.prop([length, place])("a tail that was cut, and the head rewritten to hide it", (events, which) => {
    const kept = written(events);
    const last = which % events;
    for (let sequence = last + 1; sequence <= events; sequence++) kept.texts.delete(sequence);
    kept.head = last === 0 ? undefined : { sequence: last, hash: hashOf(textAt(kept, last)), settled: last };
    expect(faults(verifyChain(kept))).toContain(`tail-cut ${last + 1}`);
  });

  test.prop([length, fc.constantFrom("hash", "sequence", "nonsense", "settled", "gone")])("a head that was rewritten", (events, how) => {
    const kept = written(events);
    const { sequence, hash, settled } = headOf(kept);
    if (how === "gone") kept.head = undefined;
    if (how === "hash") kept.head = { sequence, hash: hashOf(hash), settled };
    if (how === "sequence") kept.head = { sequence: sequence - 1, hash, settled };
    if (how === "nonsense") kept.head = { sequence: Number.NaN, hash, settled };
    if (how === "settled") kept.head = { sequence, hash, settled: events + 1 };
    expect(faults(verifyChain(kept))).toEqual([`head-rewritten ${events}`]);
  });

  test.prop([length, place])("two events that changed places", (events, which) => {
    const kept = written(events);
    const sequence = 1 + (which % (events - 1));
    const [one, other] = [textAt(kept, sequence), textAt(kept, sequence + 1)];
    kept.texts.set(sequence, other).set(sequence + 1, one);
    expect(faults(verifyChain(kept))).toEqual(expect.arrayContaining([`event-changed ${sequence}`, `event-changed ${sequence + 1}`]));
  });

  test.prop([length, place, place])(
    "a flipped bit, whatever absurd place the head or a witness names beside it",
    (events, which, where) => {
      const kept = written(events);
      const sequence = 1 + (which % events);
      kept.texts.set(sequence, flip(textAt(kept, sequence), where, 0));
      kept.head = { ...headOf(kept), sequence: Number.MAX_SAFE_INTEGER };
      kept.witnesses.set(1e12, witness(hashOf("absurd")));
      expect(faults(verifyChain(kept))).toEqual(
        expect.arrayContaining([`event-changed ${sequence}`, `tail-cut ${1e12}`, `tail-cut ${Number.MAX_SAFE_INTEGER}`]),
      );
    },
  );

  test.prop([length])("an event that was put in at the end, chained and with a new head", (events) => {
    const kept = written(events);
    const text = chain(headOf(kept), { time: "2026-11-21T10:00:00.000Z", actor: "mallory", type: "approved", reason: "trust me" });
    kept.texts.set(events + 1, text);
    kept.head = { sequence: events + 1, hash: hashOf(text), settled: events };
    expect(faults(verifyChain(kept))).toEqual([`witness-missing ${events + 1}`]);
  });

  test.prop([length, place])("a history rewritten from one event on, chained anew", (events, which) => {
    const kept = written(events);
    const from = 1 + (which % events);
    let head: ChainHead = from === 1 ? genesis : { sequence: from - 1, hash: hashOf(textAt(kept, from - 1)) };
    for (let sequence = from; sequence <= events; sequence++) {
      const text = chain(head, { time: "2026-11-21T10:00:00.000Z", actor: "mallory", type: "approved", reason: "trust me" });
      head = { sequence, hash: hashOf(text) };
      kept.texts.set(sequence, text);
    }
    kept.head = { ...head, settled: events };
    expect(faults(verifyChain(kept))).toContain(`witness-disagrees ${from}`);
  });

  test.prop([length, place, fc.constantFrom("gone", "changed")])("a witness that is gone or was changed", (events, which, how) => {
    const kept = written(events);
    const sequence = 1 + (which % events);
    if (how === "gone") kept.witnesses.delete(sequence);
    else kept.witnesses.set(sequence, witness(hashOf("another")));
    expect(faults(verifyChain(kept))).toEqual([`witness-${how === "gone" ? "missing" : "disagrees"} ${sequence}`]);
  });

  test.prop([length, place])("a witness that was written over, though the first version is right", (events, which) => {
    const kept = written(events);
    const sequence = 1 + (which % events);
    kept.witnesses.set(sequence, { hash: hashOf(textAt(kept, sequence)), overwritten: true });
    expect(faults(verifyChain(kept))).toEqual([`witness-overwritten ${sequence}`]);
  });
});

/** A ledger that somebody appends an event to before each look at it. */
function atWork(before: number) {
  let events = before;
  const next = () => written(events++);
  return {
    head: async () => next().head,
    witnesses: async () => next().witnesses,
    async *stored() {
      for (const [sequence, text] of next().texts) yield { sequence, text };
    },
  };
}

describe("a ledger that is written to while it is read", () => {
  test.each([0, 1, 7])("of %i events is found whole", async (before) => {
    expect(verifyChain(await keptLedger(atWork(before)))).toEqual([]);
  });

  test("whose end was cut off before is not", async () => {
    const whole = written(5);
    const cut = { ...atWork(3), witnesses: async () => whole.witnesses };
    expect(faults(verifyChain(await keptLedger(cut)))).toContain("tail-cut 5");
  });

  test("whose head was put back, and stands still, is not", async () => {
    const { texts, witnesses } = written(5);
    const putBack = {
      head: async () => written(3).head,
      witnesses: async () => witnesses,
      async *stored() {
        for (const [sequence, text] of texts) yield { sequence, text };
      },
    };
    expect(faults(verifyChain(await keptLedger(putBack)))).toEqual(["head-rewritten 5"]);
  });
});
