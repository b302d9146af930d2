import { fc } from "@fast-check/vitest";
import type { Course } from "./hosting.ts";

/** What can befall a call on its way to a service and back. */
export const mishaps = [
  "dies-before",
  "dies-after",
  "times-out-undone",
  "times-out-done",
  /** The caller has given up when it reaches the service. */
  "arrives-after-timeout",
  /** The caller, or the network, is held up, and nobody notices. */
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
  /** Counts the orders to update the endpoint, the calls that change something, or all. */
  of: "orders" | "effects" | "calls";
  nth: number;
  what: Mishap;
  /** For what is late. */
  seconds: number;
}

/** What a person, a driver or a stranger does. */
export type Act =
  | { type: "promote"; version: number }
  | { type: "approve" | "reject"; which: "first" | "last" }
  | { type: "rollback"; to?: number }
  | { type: "reconcile" }
  | { type: "status" }
  /** Past the registry: somebody with the rights does it by hand. */
  | { type: "move-alias"; alias: "champion" | "challenger"; version: number | null }
  | { type: "update-endpoint"; nth: number }
  | { type: "delete-config"; nth: number }
  | { type: "overwrite-files"; version: number };

export interface Step {
  act: Act;
  /** It begins so many calls after the step before, or when everything before has come to rest. */
  after: number | "rest";
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
}

/** The last of the versions that MLflow has: too bad for the gates. */
export const badVersion = 5;

const version = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: badVersion - 1 }) },
  { weight: 1, arbitrary: fc.constant(badVersion) },
);
const which = fc.constantFrom("last" as const, "last" as const, "first" as const);
const nth = fc.nat({ max: 5 });
const after = fc.oneof({ weight: 2, arbitrary: fc.constant("rest" as const) }, { weight: 1, arbitrary: fc.nat({ max: 90 }) });
const soon = fc.nat({ max: 40 });
const step = (act: fc.Arbitrary<Act>) => fc.record({ act, after });

const promote = step(fc.record({ type: fc.constant("promote" as const), version }));
const decision = (type: "approve" | "reject") => step(fc.record({ type: fc.constant(type), which }));
const rollback = step(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant({ type: "rollback" as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant("rollback" as const), to: version }) },
  ),
);
const reconcile = step(fc.constant({ type: "reconcile" as const }));
const byHand = step(
  fc.oneof(
    fc.record({
      type: fc.constant("move-alias" as const),
      alias: fc.constantFrom("champion" as const, "challenger" as const),
      version: fc.option(version),
    }),
    fc.record({ type: fc.constant("update-endpoint" as const), nth }),
    fc.record({ type: fc.constant("delete-config" as const), nth }),
    fc.record({ type: fc.constant("overwrite-files" as const), version }),
  ),
);

/** A few steps that make sense together, so that stories get far; what is between them makes no sense at all. */
const chapter: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(promote, decision("approve")) },
  { weight: 3, arbitrary: fc.tuple(promote, hurried(decision("approve")), hurried(fc.oneof(reconcile, rollback)), hurried(reconcile)) },
  { weight: 1, arbitrary: fc.tuple(hurried(rollback), hurried(fc.oneof(reconcile, rollback)), fc.oneof(promote, reconcile)) },
  { weight: 1, arbitrary: fc.tuple(promote, decision("reject")) },
  { weight: 1, arbitrary: fc.tuple(promote) },
  { weight: 1, arbitrary: fc.tuple(decision("approve")) },
  { weight: 1, arbitrary: fc.tuple(decision("reject")) },
  { weight: 4, arbitrary: fc.tuple(rollback) },
  { weight: 4, arbitrary: fc.tuple(reconcile) },
  { weight: 1, arbitrary: fc.tuple(step(fc.constant({ type: "status" as const }))) },
  { weight: 1, arbitrary: fc.tuple(byHand) },
);

const mishap = fc.oneof(planned("orders", 5), planned("effects", 60), planned("calls", 300));

const course: fc.Arbitrary<Course> = fc.record({
  seconds: fc.integer({ min: 0, max: 60 }),
  ends: fc.oneof(
    { weight: 8, arbitrary: fc.constant("comes-up" as const) },
    { weight: 1, arbitrary: fc.constant("returns" as const) },
    { weight: 1, arbitrary: fc.constant("mislabelled" as const) },
  ),
});

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  past: fc.nat({ max: 2 }),
  steps: fc.array(chapter, { minLength: 1, maxLength: 4, size: "max" }).map((chapters) => chapters.flat()),
  mishaps: fc.array(mishap, { maxLength: 6, size: "max" }),
  picks: fc.array(fc.nat({ max: 3 }), { maxLength: 20, size: "max" }),
  courses: fc.array(course, { minLength: 1, maxLength: 5, size: "max" }),
});

/** The same step while the one before is still at work. */
function hurried(steps: fc.Arbitrary<Step>): fc.Arbitrary<Step> {
  return fc.tuple(steps, soon).map(([{ act }, calls]) => ({ act, after: calls }));
}

function planned(of: PlannedMishap["of"], most: number): fc.Arbitrary<PlannedMishap> {
  return fc.record({
    of: fc.constant(of),
    nth: fc.nat({ max: most }),
    what: fc.constantFrom(...mishaps),
    seconds: fc.integer({ min: 1, max: 120 }),
  });
}
