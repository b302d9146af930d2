import type { History } from "@falconry/registry/history.ts";
import { printable, table } from "./table.ts";

export function renderHistory({ endpoint, events }: History): string {
  if (events.length === 0) return `Nothing has happened on ${endpoint} yet`;
  return table(
    ["#", "time", "actor", "promotion", "event", "version", "reason"],
    events.map((event) => [
      event.sequence,
      event.time.slice(0, 19).replace("T", " "),
      event.actor,
      event.promotion,
      event.type,
      versionOf(event),
      "reason" in event ? printable(event.reason) : "",
    ]),
  );
}

function versionOf(event: History["events"][number]): number | string {
  if ("version" in event) return event.version;
  return "deployment" in event ? event.deployment.version : "";
}
