import { genesis, hashOf, readEvent } from "./chain.ts";
import type { HeadItem } from "./head.ts";
import type { Ledger } from "./ledger.ts";
import type { Witness } from "./witness.ts";

export interface Finding {
  fault:
    | "event-changed"
    | "event-missing"
    | "event-not-chained"
    | "tail-cut"
    | "head-rewritten"
    | "witness-missing"
    | "witness-disagrees"
    | "witness-overwritten"
    | "evidence-changed";
  /** The event it is about. */
  sequence: number;
  message: string;
}

/** Everything that is kept of one ledger. */
export interface KeptLedger {
  /** Strings as stored, by the sequence they are stored under. */
  texts: ReadonlyMap<number, string>;
  head: HeadItem | undefined;
  /** In the audit bucket, by sequence. */
  witnesses: ReadonlyMap<number, Witness>;
}

/** Reads a ledger that others may append to meanwhile: as it stood when its head was read. */
export async function keptLedger(ledger: Pick<Ledger, "stored" | "head" | "witnesses">): Promise<KeptLedger> {
  // Witnesses first, and once more where one is lacking: none may be younger than the head, and none is lacking only because its event was just written.
  const early = await ledger.witnesses();
  const head = await ledger.head();
  const texts = new Map<number, string>();
  for await (const { sequence, text } of ledger.stored()) texts.set(sequence, text);
  const end = head?.sequence ?? 0;
  const hasMoved = ((await ledger.head())?.sequence ?? 0) > end;
  if (hasMoved) for (const sequence of [...texts.keys()]) if (sequence > end) texts.delete(sequence);
  const lacking = [...texts.keys()].filter((sequence) => !early.has(sequence));
  if (lacking.length === 0) return { texts, head, witnesses: early };
  const late = await ledger.witnesses();
  const found = lacking.flatMap((sequence) => {
    const witness = late.get(sequence);
    return witness === undefined ? [] : [[sequence, witness] as const];
  });
  return { texts, head, witnesses: new Map([...early, ...found]) };
}

/**
 * Recomputes the chain from the first event and holds it against the head and the witnesses. Three places know each event's hash:
 * its own bytes, the next event or the head, and the witness; the one that disagrees with the other two is the one that was changed.
 *
 * @returns empty where nothing was changed, removed, inserted or reordered
 */
export function verifyChain({ texts, head, witnesses }: KeptLedger): Finding[] {
  const lastEvent = [...texts.keys()].reduce((last, sequence) => Math.max(last, sequence), 0);
  const findings: Finding[] = [];
  for (const sequence of namedSequences({ texts, head, witnesses })) {
    const text = texts.get(sequence);
    const finding = text === undefined ? missing(sequence, lastEvent) : event(sequence, text);
    if (finding !== undefined) findings.push(finding);
  }
  if (!findings.some(({ fault, sequence }) => sequence >= lastEvent && fault !== "witness-missing")) findings.push(...headFindings());
  return [...findings, ...overwritten(witnesses)];

  function event(sequence: number, text: string): Finding | undefined {
    const hash = hashOf(text);
    const witness = witnesses.get(sequence)?.hash;
    const read = readEvent(text, sequence);
    const nextSays = sequence === lastEvent ? headHash(sequence) : previousOf(sequence + 1);
    if ("fault" in read) return { fault: "event-changed", sequence, message: `event ${sequence} was changed: ${read.fault}` };
    if (witness === undefined) {
      return {
        fault: "witness-missing",
        sequence,
        message: `event ${sequence} has no witness in the audit bucket: a writer died there, or the event was put in by hand. falconry reconcile writes the witness of the last event`,
      };
    }
    if (witness !== hash) {
      return nextSays === hash
        ? {
            fault: "witness-disagrees",
            sequence,
            message: `event ${sequence} and its witness disagree: the witness says ${witness || "nothing"}, the chain ${hash}. A witness is written once, so rather the chain was written anew`,
          }
        : { fault: "event-changed", sequence, message: `event ${sequence} was changed: it hashes to ${hash}, its witness says ${witness}` };
    }
    if (read.event.previous !== hashBefore(sequence)) {
      const before = texts.get(sequence - 1);
      const isExplained = before === undefined || witnesses.get(sequence - 1)?.hash !== hashOf(before);
      if (sequence > 1 && isExplained) return undefined;
      return { fault: "event-not-chained", sequence, message: `event ${sequence} does not name the hash of event ${sequence - 1}` };
    }
    return undefined;
  }

  function headFindings(): Finding[] {
    const sequence = lastEvent;
    if (head === undefined)
      return lastEvent === 0 ? [] : [{ fault: "head-rewritten", sequence, message: `the head is gone; the last event is ${lastEvent}` }];
    const text = texts.get(lastEvent);
    const hash = text === undefined ? genesis.hash : hashOf(text);
    const rewritten = (message: string): Finding[] => [{ fault: "head-rewritten", sequence, message }];
    if (head.sequence !== lastEvent || head.hash !== hash)
      return rewritten(`the head says event ${head.sequence} with hash ${head.hash}; the last event is ${lastEvent} with hash ${hash}`);
    if (head.settled > lastEvent)
      return rewritten(`the head says that ${head.settled} events were witnessed and told; there are ${lastEvent}`);
    return [];
  }

  function hashBefore(sequence: number): string {
    const before = texts.get(sequence - 1);
    return before === undefined ? genesis.hash : hashOf(before);
  }

  function headHash(sequence: number): string | undefined {
    return head?.sequence === sequence ? head.hash : undefined;
  }

  function previousOf(sequence: number): string | undefined {
    const text = texts.get(sequence);
    if (text === undefined) return undefined;
    const read = readEvent(text, sequence);
    return "event" in read ? read.event.previous : undefined;
  }
}

/** Every sequence that anything speaks of: an absurd number in one place must not hide, or hold up, the rest. */
function namedSequences({ texts, head, witnesses }: KeptLedger): number[] {
  const before = [...texts.keys()].map((sequence) => sequence - 1);
  const named = new Set([...texts.keys(), ...before, ...witnesses.keys(), head?.sequence ?? 0]);
  return [...named].filter((sequence) => sequence >= 1).sort((one, other) => one - other);
}

function overwritten(witnesses: KeptLedger["witnesses"]): Finding[] {
  return [...witnesses]
    .filter(([, witness]) => witness.overwritten)
    .map(([sequence]) => ({
      fault: "witness-overwritten",
      sequence,
      message: `the witness of event ${sequence} was written over or deleted; its first version still stands, and was compared`,
    }));
}

function missing(sequence: number, lastEvent: number): Finding {
  return sequence > lastEvent
    ? { fault: "tail-cut", sequence, message: `event ${sequence} was cut off the end: the head or its witness still names it` }
    : { fault: "event-missing", sequence, message: `event ${sequence} is missing` };
}
