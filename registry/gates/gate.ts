import type { PromotionSettings } from "@falconry/model/promotion-settings.ts";
import type { Candidate, Contestant } from "./contestant.ts";

export interface Contest {
  candidate: Candidate;
  /** What is live; undefined for the first promotion. */
  champion: Contestant | undefined;
  settings: PromotionSettings;
}

export interface Measurement {
  passed: boolean;
  /** For people, one line. */
  measured: string;
  /** What the judgement rests on: kept in the ledger. */
  evidence?: unknown;
}

/** One condition that a version must meet before a person is asked. */
export interface Gate {
  name: string;
  /** For people, one line. */
  required(settings: PromotionSettings): string;
  /** @throws Unmeasurable, FalconryError or MlflowError where what it needs is missing: the gate then fails with that reason */
  measure(contest: Contest): Promise<Measurement>;
}
