/** How one request to an endpoint went. Moments are those of `performance.now()`. */
export interface Outcome {
  sent: number;
  answered: number;
  /** Of the model that answered; absent where the request failed. */
  version?: number;
  /** Status and body, or why there was none. */
  failure?: string;
}

/** Requests that go on until they are stopped. */
export interface Traffic {
  /** Everything that was answered or failed so far, in that order. */
  readonly outcomes: readonly Outcome[];
  /** Sends nothing more, and waits for what is under way. */
  stop(): Promise<void>;
}

/** Versions that answered requests sent from one moment on. */
export function versionsSince({ outcomes }: Traffic, moment: number): number[] {
  const versions = outcomes.filter(({ sent }) => sent >= moment).map(({ version }) => version);
  return [...new Set(versions)].filter((version) => version !== undefined).sort((one, other) => one - other);
}

export function failures({ outcomes }: Pick<Traffic, "outcomes">): Outcome[] {
  return outcomes.filter(({ failure }) => failure !== undefined);
}

/** Reads an answer of the inference container, or what came in its place. */
export function outcomeOf(sent: number, status: number, body: string): Outcome {
  const answered = performance.now();
  const version = status === 200 ? /"version":(\d+)/.exec(body)?.[1] : undefined;
  return version === undefined ? { sent, answered, failure: `${status} ${body}` } : { sent, answered, version: Number(version) };
}
