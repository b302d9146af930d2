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
  /** Promotion that waits for its approval. */
  promotion?: string;
  trackingUri?: string;
}

/** One step: `take` runs the command and says what it showed; it throws when the step failed. */
export interface Step {
  name: string;
  title: string;
  take(story: Story): Promise<{ result: unknown; shown: string }>;
}
