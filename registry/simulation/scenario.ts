import { fc } from "@fast-check/vitest";
import type { Course } from "./rollout.ts";
import { type Ailment, ailments } from "./traffic.ts";

/** What can befall a call on its way to a service and back. */
export const mishaps = [
  "dies-before",
  "dies-after",
  "times-out-undone",
  "times-out-done",
  /** The caller has given up when it reaches the service. */
  "arrives-after-timeout",
  /** The caller has given up, and what it sent comes just before the next of its kind that is about something else. */
  "arrives-with-next",
  /** The process stands still, its timers too: what it sends comes when it wakes. */
  "sleeps",
  /** The network is held up, for as long as a client waits. */
  "arrives-late",
  "answers-late",
  /** An answer is lost, and the SDK sends the same again. */
  "sent-twice",
  /** A read tells what was true one change ago; what changes something is not concerned. */
  "answers-stale",
  "throttled",
] as const;

export type Mishap = (typeof mishaps)[number];

export interface PlannedMishap {
  /** Counts the calls of this name, all that change something, or all. */
  of: string;
  nth: number;
  what: Mishap;
  /** For what is late. */
  seconds: number;
}

/** What a person or a stranger does, or what happens to Falconry. */
export type Act =
  | { type: "promote"; version: number; again: boolean }
  /** `by`: who looks after approvals, who asked, or who trained. */
  | { type: "approve"; which: "first" | "last"; by: "grace" | "ada" | "tim" }
  | { type: "reject"; which: "first" | "last"; by: "grace" | "ada" }
  | { type: "rollback"; to?: number }
  | { type: "status" }
  /** Every process of ours dies, and none runs for so long. */
  | { type: "dead"; seconds: number }
  /** Nobody does anything. */
  | { type: "wait"; seconds: number }
  /** Past the registry: somebody with the rights does it by hand. */
  | { type: "move-alias"; alias: "champion" | "challenger"; version: number | null }
  | { type: "update-endpoint"; nth: number }
  | { type: "update-to-own-configuration" }
  | { type: "delete-config"; nth: number }
  | { type: "overwrite-files"; version: number };

export interface Step {
  act: Act;
  /** It begins so many calls or seconds after the step before, or when everything before has come to rest, whichever is earlier. */
  after: { calls: number } | { seconds: number } | "rest";
}

/** One run: the same scenario always gives the same run. */
export interface Scenario {
  /** So many versions went live before it. */
  past: number;
  steps: Step[];
  mishaps: PlannedMishap[];
  /** Which of the calls that are under way comes next, again from the start when they are used up. */
  picks: number[];
  /** How updates of the endpoint go. */
  courses: Course[];
  /** By version, as its metrics name it: what is wrong with its answers. */
  ailments: Record<string, Ailment>;
  traffic: { requestsPerSecond: number; delaySeconds: number };
  /** Calls of this name are refused until everything is calm. */
  away?: string;
  /** Each call of this name takes so long, until then. */
  slow?: { of: string; seconds: number };
  /** Seconds between the passes of each driver while something is in flight. */
  drivers: number[];
}

/** Requests per second that a bake's few seconds are enough for. */
export const enoughTraffic = 200;

/** The last of the versions that MLflow has: too bad for the gates. */
export const badVersion = 5;

const version = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: badVersion - 1 }) },
  { weight: 1, arbitrary: fc.constant(badVersion) },
);
const which = fc.constantFrom("last" as const, "last" as const, "first" as const);
const by = fc.oneof(
  { weight: 8, arbitrary: fc.constant("grace" as const) },
  { weight: 1, arbitrary: fc.constantFrom("ada" as const, "tim" as const) },
);
const nth = fc.nat({ max: 5 });
const calls = (most: number) => fc.record({ calls: fc.nat({ max: most }) });
const seconds = (most: number) => fc.record({ seconds: fc.nat({ max: most }) });
const rest = fc.constant("rest" as const);
const after: fc.Arbitrary<Step["after"]> = fc.oneof({ weight: 3, arbitrary: rest }, calls(90), seconds(90));
const soon: fc.Arbitrary<Step["after"]> = fc.oneof(calls(60), seconds(90));
const step = (act: fc.Arbitrary<Act>, when = after) => fc.record({ act, after: when });

const promoting = fc.record({ type: fc.constant("promote" as const), version, again: fc.boolean() });
const promotingGood = fc.record({
  type: fc.constant("promote" as const),
  version: fc.integer({ min: 1, max: badVersion - 1 }),
  again: fc.constant(true),
});
const approving = fc.record({ type: fc.constant("approve" as const), which, by });
const rejecting = fc.record({ type: fc.constant("reject" as const), which, by: fc.constantFrom("grace" as const, "ada" as const) });
const rollingBack = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ type: "rollback" as const }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("rollback" as const), to: version }) },
);
const dying = fc.record({ type: fc.constant("dead" as const), seconds: fc.integer({ min: 1, max: 300 }) });
const byHand = fc.oneof(
  fc.record({
    type: fc.constant("move-alias" as const),
    alias: fc.constantFrom("champion" as const, "challenger" as const),
    version: fc.option(version),
  }),
  fc.record({ type: fc.constant("update-endpoint" as const), nth }),
  fc.record({ type: fc.constant("update-to-own-configuration" as const) }),
  fc.record({ type: fc.constant("delete-config" as const), nth }),
  fc.record({ type: fc.constant("overwrite-files" as const), version }),
);
const meddling = fc.oneof({ weight: 2, arbitrary: rollingBack }, { weight: 2, arbitrary: dying }, rejecting, promoting, approving, byHand);

/** By then what nobody approved has expired. */
const unapprovedSeconds = 1000;

/** A few steps that make sense together, so that stories get far; what is between them makes no sense at all. */
const chapter: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(step(promoting), step(approving, rest)) },
  { weight: 6, arbitrary: fc.tuple(step(promoting), step(approving, rest), step(meddling, soon)) },
  { weight: 1, arbitrary: fc.tuple(step(promoting), step(rejecting, rest)) },
  { weight: 2, arbitrary: fc.tuple(step(promoting), step(meddling, soon)) },
  { weight: 1, arbitrary: fc.tuple(step(promoting), step(fc.constant({ type: "wait" as const, seconds: unapprovedSeconds }), rest)) },
  { weight: 3, arbitrary: fc.tuple(step(rollingBack)) },
  { weight: 1, arbitrary: fc.tuple(step(rollingBack), step(meddling, soon)) },
  { weight: 1, arbitrary: fc.tuple(step(fc.oneof(approving, rejecting, fc.constant({ type: "status" as const })))) },
  { weight: 2, arbitrary: fc.tuple(step(byHand)) },
);

/** Everything that changes something, each with as many calls as one run may well make of it. */
export const effects: Record<string, number> = {
  TransactWriteItemsCommand: 30,
  UpdateItemCommand: 60,
  PutObjectCommand: 30,
  PublishCommand: 30,
  PutMetricDataCommand: 20,
  SetAlarmStateCommand: 1,
  CreateModelCommand: 2,
  CreateEndpointConfigCommand: 2,
  UpdateEndpointCommand: 4,
  setAlias: 3,
};

const mishap = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...Object.entries(effects)).chain(([name, most]) => planned(name, most)) },
  { weight: 1, arbitrary: planned("effects", 80) },
  { weight: 2, arbitrary: planned("calls", 600) },
);

const course: fc.Arbitrary<Course> = fc.record({
  seconds: fc.integer({ min: 0, max: 30 }),
  ends: fc.oneof(
    { weight: 10, arbitrary: fc.constant("comes-up" as const) },
    { weight: 1, arbitrary: fc.constant("returns" as const) },
    { weight: 1, arbitrary: fc.constant("mislabelled" as const) },
  ),
});

const ailment: fc.Arbitrary<Ailment> = fc.oneof(
  { weight: 3, arbitrary: fc.constant("none" as const) },
  { weight: 1, arbitrary: fc.constantFrom(...ailments) },
);

const interval = fc.integer({ min: 4, max: 8 });

const anyWeather = {
  past: fc.nat({ max: 2 }),
  picks: fc.array(fc.nat({ max: 3 }), { maxLength: 20, size: "max" as const }),
  courses: fc.array(course, { minLength: 1, maxLength: 5, size: "max" as const }),
  ailments: fc.record({ "1": ailment, "2": ailment, "3": ailment, "4": ailment }),
  traffic: fc.record({
    requestsPerSecond: fc.oneof({ weight: 4, arbitrary: fc.constant(enoughTraffic) }, { weight: 1, arbitrary: fc.constantFrom(0, 2) }),
    delaySeconds: fc.constantFrom(0, 0, 2),
  }),
  drivers: fc.oneof({ weight: 2, arbitrary: fc.tuple(interval) }, { weight: 1, arbitrary: fc.tuple(interval, interval) }),
};

/** Anything may happen. */
const stormy: fc.Arbitrary<Scenario> = fc.record({
  ...anyWeather,
  steps: fc.array(chapter, { minLength: 1, maxLength: 3, size: "max" }).map((chapters) => chapters.flat()),
  mishaps: fc.array(mishap, { maxLength: 6, size: "max" }),
});

const approvedAtRest = step(fc.constant({ type: "approve" as const, which: "last" as const, by: "grace" as const }), rest);

/** Nothing is in the way of what people ask for: good versions go live, and what they give up returns at once. */
const calm: fc.Arbitrary<Scenario> = fc.record({
  ...anyWeather,
  steps: fc.tuple(step(promoting, rest), approvedAtRest, step(rollingBack)),
  mishaps: fc.constant([]),
  courses: fc.array(fc.record({ seconds: fc.integer({ min: 0, max: 30 }), ends: fc.constant("comes-up" as const) }), {
    minLength: 1,
    maxLength: 3,
  }),
  traffic: fc.record({ requestsPerSecond: fc.constant(enoughTraffic), delaySeconds: fc.constantFrom(0, 2) }),
});

/** Everything of ours dies in mid-bake, with a heartbeat still on its way. */
const orphaned: fc.Arbitrary<Scenario> = fc.record({
  ...anyWeather,
  steps: fc.tuple(
    step(promoting, rest),
    approvedAtRest,
    step(
      fc.record({ type: fc.constant("dead" as const), seconds: fc.integer({ min: 60, max: 300 }) }),
      fc.record({ seconds: fc.integer({ min: 8, max: 40 }) }),
    ),
  ),
  mishaps: fc.tuple(planned("PutMetricDataCommand", 6, fc.constant("arrives-after-timeout"), 40)),
  courses: fc.tuple(fc.record({ seconds: fc.nat({ max: 5 }), ends: fc.constant("comes-up" as const) })),
});

/** A canary is given up while it bakes, and the words that say so to CloudWatch go astray. */
const tripped: fc.Arbitrary<Scenario> = fc.record({
  ...anyWeather,
  past: fc.integer({ min: 1, max: 2 }),
  steps: fc.tuple(step(promotingGood, rest), approvedAtRest, step(fc.constant({ type: "rollback" as const }), seconds(60))),
  mishaps: fc.tuple(planned("SetAlarmStateCommand", 1), planned("PutMetricDataCommand", 20)),
});

/** An order to SageMaker is overtaken by what people do next: it is given up, another version is asked for, and then it comes. */
const overtaken: fc.Arbitrary<Scenario> = fc.record({
  ...anyWeather,
  past: fc.integer({ min: 1, max: 2 }),
  steps: fc.tuple(
    step(promotingGood, rest),
    approvedAtRest,
    step(fc.constant({ type: "rollback" as const }), seconds(60)),
    step(promotingGood, rest),
    approvedAtRest,
  ),
  mishaps: fc.tuple(
    planned("UpdateEndpointCommand", 0, fc.constantFrom("arrives-with-next", "arrives-with-next", "arrives-with-next", "sleeps")),
  ),
});

/** One driver after the other is held up while it holds the lease. */
const drowsy: fc.Arbitrary<Scenario> = fc.record({
  ...anyWeather,
  steps: fc.tuple(step(promoting, rest), approvedAtRest, step(meddling, soon)),
  mishaps: fc
    .constantFrom("CreateModelCommand", "CreateEndpointConfigCommand", "UpdateEndpointCommand", "PutObjectCommand")
    .chain((name) => fc.array(planned(name, 3, fc.constant("sleeps"), 60), { minLength: 2, maxLength: 4, size: "max" })),
  drivers: fc.tuple(interval, interval),
});

/** Somebody with the rights does something past the registry while nothing is under way. */
const meddled: fc.Arbitrary<Scenario> = fc.record({
  ...anyWeather,
  steps: fc.tuple(
    step(byHand, rest),
    step(fc.constant({ type: "wait" as const, seconds: 60 }), rest),
    step(fc.oneof(rollingBack, promoting), rest),
  ),
  mishaps: fc.array(mishap, { maxLength: 1 }),
});

/** What a run may meet. */
export const weathers = { stormy, calm, orphaned, tripped, overtaken, drowsy, meddled };

export const scenario: fc.Arbitrary<Scenario> = fc.oneof(
  { weight: 6, arbitrary: stormy },
  ...[calm, orphaned, tripped, overtaken, drowsy, meddled].map((arbitrary) => ({ weight: 1, arbitrary })),
);

function planned(
  of: string,
  most: number,
  what: fc.Arbitrary<Mishap> = fc.constantFrom(...mishaps),
  longest = 240,
): fc.Arbitrary<PlannedMishap> {
  return fc.record({ of: fc.constant(of), nth: fc.nat({ max: most }), what, seconds: fc.integer({ min: 1, max: longest }) });
}
