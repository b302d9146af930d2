import type { Environment } from "@falconry/environment/environment.ts";
import type { Progress } from "@falconry/environment/progress.ts";

/** What every function of the registry works with. Time comes from outside, so that a test can replay it. */
export interface RegistryContext {
  environment: Environment;
  /** Who acts: stands in every event of the ledger. */
  actor: string;
  now(): Date;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  progress: Progress;
}
