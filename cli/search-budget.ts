import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { SearchBudget } from "@falconry/model/workload.ts";

const secondsOf: Record<string, number> = { s: 1, m: 60, h: 3600 };

/** `40` is a number of trials, `90s`, `10m` and `1h` are times. */
export function searchBudget(text: string): SearchBudget {
  const [, digits, unit] = /^([1-9]\d{0,6})([smh]?)$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError("it must be a number of trials, as 40, or a time, as 90s, 10m or 1h.");
  return unit ? { seconds: Number(digits) * (secondsOf[unit] ?? 1) } : { trials: Number(digits) };
}
