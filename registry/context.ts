import type { Environment } from "@falconry/environment/environment.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import type { Memory } from "./promotion/memory.ts";

/** What every function of the registry works with. Time and chance come from outside, so that a test can replay them. */
export interface RegistryContext {
  environment: Environment;
  /** Who acts: stands in every event of the ledger. */
  actor: string;
  now(): Date;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
  /** Does something again and again, first after so many milliseconds. @returns ends it */
  every(milliseconds: number, act: () => void): () => void;
  /** A name that nobody else gives. */
  uniqueName(): string;
  /** What was read of the ledgers before. */
  memory: Memory;
  progress: Progress;
}
