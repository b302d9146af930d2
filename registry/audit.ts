import { endpointOf } from "@falconry/environment/descriptor.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { refusalsChain } from "./api/refusals.ts";
import type { RegistryContext } from "./context.ts";
import { type LedgerRecord, readEvent } from "./ledger/chain.ts";
import { type Evidence, evidenceStore } from "./ledger/evidence.ts";
import { Ledger } from "./ledger/ledger.ts";
import { type Finding, type KeptLedger, keptLedger, verifyChain } from "./ledger/verify.ts";
import { type PromotionEvent, promotionEvent } from "./promotion/events.ts";
import { fold } from "./promotion/state.ts";

export interface VerifiedLedger {
  /** Null for the control plane's own, which holds its refusals. */
  workload: string | null;
  endpoint: string;
  events: number;
  /** SHA-256 of the last event, which vouches for all before it; null where there is none. */
  head: string | null;
}

/**
 * Recomputes the hash chain of a workload's ledger, or of every one and of the control plane's, and compares it with its head, its witnesses and its
 * evidence. Reads only.
 *
 * @throws FalconryError `registry.audit-failed` – with every finding
 */
export async function verifyAudit(context: RegistryContext, workload?: string): Promise<{ ledgers: VerifiedLedger[] }> {
  const { descriptor } = context.environment;
  const ledgers: VerifiedLedger[] = [];
  const faults: string[] = [];
  const verify = async (workload: string | null, endpoint: string, furtherFindings: (kept: KeptLedger) => Promise<Finding[]>) => {
    const kept = await keptLedger(new Ledger(context.environment, endpoint));
    const findings = verifyChain(kept);
    if (findings.length === 0) findings.push(...(await furtherFindings(kept)));
    faults.push(...findings.map(({ message }) => `${endpoint}: ${message}`));
    ledgers.push({ workload, endpoint, events: kept.texts.size, head: kept.head?.hash ?? null });
  };
  for (const name of workload === undefined ? Object.keys(descriptor.endpoints) : [workload]) {
    await verify(name, endpointOf(descriptor, name).name, async (kept) => [
      ...inFlightFinding(kept),
      ...(await evidenceFindings(context, kept)),
    ]);
  }
  if (workload === undefined) await verify(null, refusalsChain, async () => []);
  if (faults.length === 0) return { ledgers };
  throw new FalconryError("registry.audit-failed", {
    message: faults.join("; "),
    hint: "Keep the table and the audit bucket as they are, find out who wrote to them, and restore from a backup",
  });
}

/** The head item repeats what the events say is in flight; it is not hashed, so it is compared. */
function inFlightFinding({ texts, head }: KeptLedger): Finding[] {
  const events = [...texts].map(([sequence, text]) => promotionEvent(verified(sequence, text)));
  const inFlight = fold(events).inFlight?.id;
  if (head?.inFlight === inFlight) return [];
  const message = `the head says that ${head?.inFlight ?? "nothing"} is in flight; the events say ${inFlight ?? "nothing"}`;
  return [{ fault: "head-rewritten", sequence: head?.sequence ?? 0, message }];
}

async function evidenceFindings({ environment }: RegistryContext, { texts }: KeptLedger): Promise<Finding[]> {
  const store = evidenceStore(environment);
  const findings: Finding[] = [];
  for (const [sequence, text] of texts) {
    for (const sha256 of keptApart(promotionEvent(verified(sequence, text)))) {
      try {
        await store.get(sha256);
      } catch (error) {
        if (!(error instanceof FalconryError)) throw error;
        findings.push({ fault: "evidence-changed", sequence, message: `the evidence of event ${sequence}: ${error.message}` });
      }
    }
  }
  return findings;
}

/** Hashes of what an event rests on and does not hold itself: of its gates, of what the endpoint is probed with, of the judge's samples. */
function keptApart(event: PromotionEvent): string[] {
  const evidence: (Evidence | undefined)[] = [];
  if ("evidence" in event) evidence.push(event.evidence);
  if ("probeRows" in event) evidence.push(event.probeRows);
  if ("judgement" in event) evidence.push(event.judgement?.evidence);
  return evidence.flatMap((kept) => (kept !== undefined && "sha256" in kept ? [kept.sha256] : []));
}

function verified(sequence: number, text: string): LedgerRecord {
  const read = readEvent(text, sequence);
  if ("fault" in read) throw new Error(`event ${sequence} was verified, and ${read.fault}`);
  return { sequence, hash: "", event: read.event };
}
