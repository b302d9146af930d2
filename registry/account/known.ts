import type { PromotionEvent } from "../promotion/events.ts";

/** Which versions an event is about. */
export interface Known {
  /** That is to be live. */
  version?: number;
  /** That it is compared with. */
  champion?: number;
}

/** What the event itself and the earlier ones of the same promotion say. */
export function known(event: PromotionEvent, before: readonly PromotionEvent[]): Known {
  const versions: Known = {};
  const tell = ({ version, champion }: Known) => {
    versions.version ??= version;
    versions.champion ??= champion;
  };
  tell(saidBy(event));
  for (let at = before.length - 1; at >= 0 && !isComplete(versions); at--) {
    const earlier = before[at];
    if (earlier?.promotion !== event.promotion) continue;
    tell(saidBy(earlier));
    if (isFirst(earlier)) break;
  }
  return versions;
}

function saidBy(event: PromotionEvent): Known {
  switch (event.type) {
    case "requested":
    case "repairing":
      return { version: event.version };
    case "gates-passed":
      return { version: event.candidate.version, ...(event.champion !== null && { champion: event.champion }) };
    case "deploying":
    case "rolling-back":
      return { version: event.deployment.version };
    default:
      return {};
  }
}

function isComplete({ version, champion }: Known): boolean {
  return version !== undefined && champion !== undefined;
}

function isFirst({ type }: PromotionEvent): boolean {
  return type === "requested" || type === "rolling-back" || type === "repairing";
}
