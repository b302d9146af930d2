import type { VerifiedLedger } from "@falconry/registry/audit.ts";
import { shortDigest } from "./table.ts";

export function renderAudit({ ledgers }: { ledgers: VerifiedLedger[] }): string {
  return ledgers
    .map(
      ({ endpoint, events, head }) =>
        `${endpoint}: ${head === null ? "no event yet" : `${events} events, unbroken up to ${shortDigest(head)}`}`,
    )
    .join("\n");
}
