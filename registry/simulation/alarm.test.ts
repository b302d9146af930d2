import { describe, expect, test } from "vitest";
import { type AlarmRule, isUp, type Point } from "./alarm.ts";

const second = 1000;
const at = (...seconds: number[]): Point[] => seconds.map((time) => ({ time: time * second, value: 1 }));
const silent: AlarmRule = {
  name: "silent",
  metric: "Heartbeat",
  period: 10,
  statistic: "Sum",
  breaches: "below",
  threshold: 1,
  missing: "breaching",
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
};
const unhealthy: AlarmRule = { ...silent, name: "unhealthy", statistic: "Maximum", breaches: "from", missing: "notBreaching" };

describe("missing data that counts as breaching", () => {
  test("is an alarm where nothing was ever told", () => expect(isUp(silent, [], 100 * second)).toBe(true));

  test("is none yet while one of the last three periods has a point", () => expect(isUp(silent, at(75), 109 * second)).toBe(false));

  test("is an alarm once three whole periods are empty", () => expect(isUp(silent, at(75), 110 * second)).toBe(true));

  test("ends with the first point, in the period that runs", () => expect(isUp(silent, at(75, 200), 200 * second)).toBe(false));
});

describe("missing data that does not count as breaching", () => {
  test("is no alarm", () => expect(isUp(unhealthy, [], 100 * second)).toBe(false));

  test("leaves a breaching point in force for three periods", () => {
    expect(isUp(unhealthy, at(75), 109 * second)).toBe(true);
    expect(isUp(unhealthy, at(75), 110 * second)).toBe(false);
  });
});

describe("M out of N", () => {
  const twoOfThree = { ...unhealthy, evaluationPeriods: 3, datapointsToAlarm: 2 };

  test("one breaching period of three is no alarm", () => expect(isUp(twoOfThree, at(95), 100 * second)).toBe(false));

  test("two are, wherever they stand", () => expect(isUp(twoOfThree, at(75, 95), 100 * second)).toBe(true));
});
