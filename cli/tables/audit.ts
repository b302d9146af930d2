import type { RefusalsPage } from "@falconry/registry/api/refusals.ts";
import type { VerifiedLedger } from "@falconry/registry/audit.ts";
import { shortDigest, table } from "./table.ts";

export function renderAudit({ ledgers }: { ledgers: VerifiedLedger[] }): string {
  return ledgers
    .map(
      ({ endpoint, events, head }) =>
        `${endpoint}: ${head === null ? "no event yet" : `${events} events, unbroken up to ${shortDigest(head)}`}`,
    )
    .join("\n");
}

export function renderRefusals({ refusals, more }: RefusalsPage): string {
  if (refusals.length === 0) return "Nothing was refused";
  const drawn = table(
    ["#", "time", "who", "address", "asked for", "code", "again"],
    refusals.map(({ sequence, time, who, address, method, route, code, repeats = 0 }) => [
      sequence,
      time.slice(0, 19).replace("T", " "),
      who,
      address,
      `${method} ${route}`,
      code,
      repeats,
    ]),
  );
  return more ? `${drawn}\n\nThere are more: falconry audit refusals --after ${refusals.at(-1)?.sequence}` : drawn;
}
