import { fc } from "@fast-check/vitest";
import { type Fault, play, type Run } from "./play.ts";
import { type Scenario, scenario } from "./scenario.ts";
import type { Beginning } from "./world.ts";

/** What a series of runs came to. */
export interface Rounds {
  runs: number;
  /** Runs in which each mishap befell each call: `<mishap> <call>`. */
  befallen: Map<string, number>;
  /** Events of all ledgers, by type. */
  events: Map<string, number>;
  /** The first run that broke a law, made as small as it still breaks one; undefined where none did. */
  broken?: { seed: number; path: string; scenario: Scenario; run: Run };
}

export interface RoundsOptions {
  runs: number;
  seed: number;
  /** Of a broken run, as it was told: plays that one alone. */
  path?: string;
  fault?: Fault;
  /** What is looked for. @default any */
  law?: RegExp;
  /** @default all there is */
  weather?: fc.Arbitrary<Scenario>;
  /** Makes the broken run small, which takes seconds. @default true */
  shrink?: boolean;
}

/** Plays scenarios of a seed until one breaks a law. */
export async function playRounds(
  beginnings: readonly Beginning[],
  { runs, seed, path, fault, law = /^/, weather = scenario, shrink = true }: RoundsOptions,
): Promise<Rounds> {
  const befallen = new Map<string, number>();
  const events = new Map<string, number>();
  const playOne = async (one: Scenario, isTold = false) => {
    const beginning = beginnings[one.past];
    if (beginning === undefined) throw new Error(`there is no beginning after ${one.past} promotions`);
    const run = await play(beginning, one, { fault, isTold });
    for (const what of new Set(run.befallen)) befallen.set(what, (befallen.get(what) ?? 0) + 1);
    for (const { type } of run.world.events) events.set(type, (events.get(type) ?? 0) + 1);
    return run;
  };
  const isLawful = fc.asyncProperty(weather, async (one) => !(await playOne(one)).violations.some((violation) => law.test(violation)));
  const details = await fc.check(isLawful, { numRuns: runs, seed, endOnFailure: !shrink, ...(path !== undefined && { path }) });
  const told = { runs: details.numRuns, befallen, events };
  if (!details.failed) return told;
  const [broken] = details.counterexample ?? [];
  if (broken === undefined) throw details.errorInstance;
  return {
    ...told,
    broken: { seed: details.seed, path: details.counterexamplePath ?? "", scenario: broken, run: await playOne(broken, true) },
  };
}

/** How to see a broken run again, and what happened in it. */
export function toldRun({ seed, path, scenario, run }: NonNullable<Rounds["broken"]>): string {
  return [
    `FALCONRY_SEED=${seed} FALCONRY_PATH=${path} npx vitest run --project simulation registry/simulation/simulation.test.ts`,
    ...run.violations.map((violation) => `broken: ${violation}`),
    JSON.stringify(scenario),
    ...run.account,
  ].join("\n");
}
