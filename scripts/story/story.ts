import type { Traffic } from "../trials/traffic.ts";

/** A version that serves, as `falconry status` names it. */
export interface Champion {
  version: number;
  run: string;
  dataset: string;
}

/** What the steps of one telling hand on to each other. */
export interface Story {
  /** What serves now. */
  champion?: Champion;
  /** Version that the next promotion is for. */
  version?: number;
  /** The last promotion that was asked for. */
  promotion?: string;
  /** Version that the rollback put back. */
  restored?: number;
  trackingUri?: string;
  /** The region's folder. */
  directory?: string;
  /** Callers of the endpoint. */
  traffic?: Traffic;
  /** Trainings that were begun while something else takes its time, by candidate. */
  trainings: Map<string, Promise<unknown>>;
}

/** One step: `take` runs the command and says what it showed; it throws when the step failed. */
export interface Step {
  name: string;
  title: string;
  take(story: Story): Promise<{ result: unknown; shown: string }>;
}

export function step(name: string, title: string, take: Step["take"]): Step {
  return { name, title, take };
}
