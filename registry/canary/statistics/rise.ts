import { differenceInterval, type Proportion } from "@falconry/model/intervals.ts";
import type { Difference } from "../verdict.ts";
import { exactTest } from "./exact-test.ts";

/** How much larger the second proportion is than the first. Both of at least one trial, and of whole counts. */
export function rise(before: Proportion, after: Proportion): Difference {
  return {
    measured: after.successes / after.trials - before.successes / before.trials,
    atMost: differenceInterval(before, after).high,
    p: exactTest(before, after),
  };
}
