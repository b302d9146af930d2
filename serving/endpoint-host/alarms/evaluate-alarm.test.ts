import { describe, expect, test } from "vitest";
import { type AlarmRule, type AlarmState, type Datapoint, evaluateAlarm, evaluationRange } from "./evaluate-alarm.ts";

/** As in CloudWatch's documentation: 0 is within the threshold, X breaches it, - is missing. Oldest first. */
function range(points: string): Datapoint[] {
  const values: Record<string, number | undefined> = { "0": 0, X: 10 };
  return points.split(" ").map((point, index) => ({ start: new Date(index * 60_000), value: values[point] }));
}

function rule(changes: Partial<AlarmRule>): AlarmRule {
  const sum: AlarmRule = {
    comparison: "GreaterThanThreshold",
    threshold: 5,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    treatMissingData: "missing",
  };
  return { ...sum, ...changes };
}

/** What `ignore` keeps in these tables; CloudWatch's say "retain current state". */
const retained = "INSUFFICIENT_DATA";

describe("the tables of CloudWatch's documentation", () => {
  test.each<[points: string, toAlarm: number, missing: AlarmState, ignore: AlarmState, breaching: AlarmState, notBreaching: AlarmState]>([
    ["0 - X - X", 3, "OK", "OK", "OK", "OK"],
    ["0 - - - -", 3, "OK", "OK", "OK", "OK"],
    ["- - - - -", 3, "INSUFFICIENT_DATA", retained, "ALARM", "OK"],
    ["0 X X - X", 3, "ALARM", "ALARM", "ALARM", "ALARM"],
    ["- - X - -", 3, "ALARM", retained, "ALARM", "OK"],
    ["0 - X - X", 2, "ALARM", "ALARM", "ALARM", "ALARM"],
    ["0 0 X 0 X", 2, "ALARM", "ALARM", "ALARM", "ALARM"],
    ["0 - X - -", 2, "OK", "OK", "ALARM", "OK"],
    ["- - - - 0", 2, "OK", "OK", "ALARM", "OK"],
    ["- - - X -", 2, "ALARM", retained, "ALARM", "OK"],
  ])("%s, %i of 3 to alarm", (points, datapointsToAlarm, ...states) => {
    const treatments = ["missing", "ignore", "breaching", "notBreaching"] as const;
    const evaluated = treatments.map(
      (treatMissingData) => evaluateAlarm(rule({ datapointsToAlarm, treatMissingData }), range(points), retained).state,
    );
    expect(evaluated).toEqual(states);
  });
});

describe("a heartbeat whose absence breaches", () => {
  const heartbeat = rule({ comparison: "LessThanThreshold", evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: "breaching" });

  test("stands a few missing periods, not as many as are looked at", () => {
    expect(evaluationRange(heartbeat)).toBe(3);
    expect(evaluateAlarm(heartbeat, range("X - -"), "OK").state).toBe("OK");
    expect(evaluateAlarm(heartbeat, range("- - -"), "OK")).toEqual({ state: "ALARM", reason: expect.stringContaining("missing") });
  });

  test("fires at once when it says so itself", () => {
    expect(evaluateAlarm(heartbeat, range("X X 0"), "OK").state).toBe("ALARM");
  });
});

test.each([
  ["GreaterThanThreshold", 5, "OK"],
  ["GreaterThanOrEqualToThreshold", 5, "ALARM"],
  ["LessThanThreshold", 5, "OK"],
  ["LessThanOrEqualToThreshold", 5, "ALARM"],
] as const)("%s of 5: %d is %s", (comparison, value, state) => {
  const points = [{ start: new Date(0), value }];
  expect(evaluateAlarm(rule({ comparison, evaluationPeriods: 1, datapointsToAlarm: 1 }), points, "OK").state).toBe(state);
});

test("the reason names the points, the latest first, and the threshold", () => {
  const { reason } = evaluateAlarm(rule({ evaluationPeriods: 2, datapointsToAlarm: 1 }), range("- 0 X"), "OK");
  expect(reason).toBe(
    "Threshold Crossed: datapoints [10 (1970-01-01T00:02:00.000Z), 0 (1970-01-01T00:01:00.000Z)] were greater than the threshold (5) " +
      "(minimum 1 out of 2 to alarm).",
  );
});
