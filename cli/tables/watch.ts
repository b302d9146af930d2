import type { Watched } from "../watch.ts";
import { renderState } from "./promotion.ts";

/** The last word, under the account of what happened. */
export function renderWatched({ workload, report }: Pick<Watched, "workload"> & { report: Watched["report"] | null }): string {
  return report === null
    ? `Nothing is in flight on ${workload}; see what serves with: falconry status ${workload}`
    : `\n${renderState(told(report))}`;
}

/** The account above has said why. */
function told({ because: _, ...report }: Watched["report"]): Watched["report"] {
  return report;
}
