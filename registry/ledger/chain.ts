import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { z } from "zod";

/** The last event that a reader has seen: what the next one is chained to. */
export interface ChainHead {
  sequence: number;
  hash: string;
}

/** What the first event is chained to. */
export const genesis: ChainHead = { sequence: 0, hash: "0".repeat(64) };

/** Members of every event; an event's type decides what else it holds. */
const stampSchema = z.looseObject({
  /** Place in the chain, from 1: it orders, the time only informs. */
  sequence: z.number().int().positive(),
  /** Hash of the event before. */
  previous: z.string().regex(/^[0-9a-f]{64}$/),
  /** ISO 8601, UTC. */
  time: z.iso.datetime(),
  /** Who caused it. */
  actor: z.string().min(1),
  type: z.string().min(1),
});

export type StampedEvent = z.infer<typeof stampSchema>;

/** One event as it stands in the table. */
export interface LedgerRecord extends ChainHead {
  event: StampedEvent;
}

/** @returns the string that is stored, and hashed as stored */
export function chain(head: ChainHead, event: object): string {
  return canonicalJson({ ...event, sequence: head.sequence + 1, previous: head.hash });
}

/** @returns what `text` says, or why it is no event of this place in the chain */
export function readEvent(text: string, sequence: number): { event: StampedEvent } | { fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: "it is no JSON" };
  }
  const parsed = stampSchema.safeParse(value);
  if (!parsed.success) return { fault: `${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}` };
  if (parsed.data.sequence !== sequence) return { fault: `it says that its sequence is ${parsed.data.sequence}` };
  return { event: parsed.data };
}

export const hashOf = (text: string): string => sha256(text);
