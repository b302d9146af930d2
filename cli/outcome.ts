import { isEnded } from "@falconry/registry/promotion/machine.ts";
import type { PromotionReport } from "@falconry/registry/promotion/report.ts";
import type { Followed } from "./follow.ts";

/** `done`: as somebody asked. `refused`: it ended in another way. `waiting`: the next step is a person's. */
export type Outcome = "done" | "refused" | "waiting";

const refusedExitCode = 3;

/** Nothing goes on by itself from here. */
export function rests({ state }: PromotionReport): boolean {
  return isEnded(state) || state === "awaiting-approval";
}

/** What something that rests has come to. */
export function outcomeOf({ report: { kind, state }, events }: Followed): Outcome {
  if (state === "awaiting-approval") return "waiting";
  if (state === "live" || state === "repaired") return "done";
  if (state !== "rolled-back") return "refused";
  const givenUp = events.findLast((event) => event.type === "giving-up");
  return kind === "rollback" || givenUp?.by === "person" ? "done" : "refused";
}

/** 0 too for what is still on its way: nobody has refused it. */
export function exitCodeOf(followed: Followed): number {
  return rests(followed.report) && outcomeOf(followed) === "refused" ? refusedExitCode : 0;
}
