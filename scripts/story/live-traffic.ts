import { endpointOf } from "@falconry/environment/descriptor.ts";
import { openEnvironment } from "@falconry/environment/environment.ts";
import { launchContentType } from "../trials/falcon-launches.ts";
import { steadyTraffic } from "../trials/steady-traffic.ts";
import { failures, type Traffic } from "../trials/traffic.ts";
import { plannedLaunches } from "./planned-launches.ts";
import type { Story } from "./story.ts";

/** Enough for a verdict within the local stack's bake: the judge wants some 400 requests to each version. */
const requestsPerSecond = 300;

/** Callers begin to ask falcon's endpoint, and go on until the story ends. */
export async function beginTraffic(story: Story): Promise<Traffic> {
  if (story.traffic !== undefined) return story.traffic;
  const environment = await openEnvironment("local");
  const { descriptor } = environment;
  environment[Symbol.dispose]();
  const { name } = endpointOf(descriptor, "falcon");
  const url = `${descriptor.services.sagemakerEndpointUrl}/endpoints/${name}/invocations`;
  story.traffic = steadyTraffic({ url, contentType: launchContentType, bodies: await plannedLaunches(), requestsPerSecond });
  return story.traffic;
}

/** What live traffic was answered since a moment. */
export interface Served {
  requests: number;
  failed: number;
  /** Answers of each version. */
  versions: Record<number, number>;
}

export function servedSince({ outcomes }: Pick<Traffic, "outcomes">, moment: number): Served {
  const since = outcomes.filter(({ sent }) => sent >= moment);
  const versions: Record<number, number> = {};
  for (const { version } of since) if (version !== undefined) versions[version] = (versions[version] ?? 0) + 1;
  return { requests: since.length, failed: failures({ outcomes: since }).length, versions };
}

/** @throws Error with the first request that failed */
export function requireAllAnswered({ outcomes }: Pick<Traffic, "outcomes">): void {
  const [first, ...others] = failures({ outcomes });
  if (first !== undefined) throw new Error(`${others.length + 1} of ${outcomes.length} requests failed, the first with: ${first.failure}`);
}

export function inWords({ requests, failed, versions }: Served): string {
  const shares = Object.entries(versions).map(([version, answers]) => `${answers} by version ${version}`);
  return `live traffic: ${requests} requests, ${failed} failed; answered ${shares.join(", ")}`;
}
