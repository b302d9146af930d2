import type { Refusal } from "./background-sender.ts";
import type { End, Entry } from "./entry.ts";
import { MlflowError } from "./error.ts";
import type { Journal } from "./journal.ts";

const namedAtMost = 10;

/** What the server did not take of a run: refused entries by name, those that wait in the journal by number. */
export function unsent(journal: Journal, refusals: readonly Refusal[], failure?: unknown): MlflowError {
  const refused = refusals.slice(0, namedAtMost).map(({ entry, reason }) => `${named(entry)} (${reason})`);
  const more = refusals.length > namedAtMost ? [`${refusals.length - namedAtMost} more`] : [];
  const reason = failure instanceof Error ? failure.message : String(failure);
  const waiting = journal.waiting > 0 ? [`${countsOf(journal)}, waiting in ${journal.file} (${reason})`] : [];
  return new MlflowError({
    status: undefined,
    code: "UNSENT",
    message: `run ${journal.runId}: not sent: ${[...refused, ...more, ...waiting].join("; ")}`,
    method: "POST",
    path: "/api/2.0/mlflow/runs/log-batch",
    cause: failure,
  });
}

function countsOf(journal: Journal): string {
  const counts = { metrics: 0, params: 0, tags: 0, end: 0 };
  for (const { kind } of journal.entries()) counts[kind] += 1;
  const { end, ...logged } = counts;
  const said = Object.entries(logged).filter(([, count]) => count > 0);
  return [...said.map(([kind, count]) => `${count} ${kind}`), ...(end > 0 ? ["the run's end"] : [])].join(", ");
}

function named(entry: Entry | End): string {
  return entry.kind === "end" ? `the end ${entry.item.status}` : `${entry.kind.slice(0, -1)} "${entry.item.key}"`;
}
