import { describe, expect, test } from "vitest";
import { Guard, type GuardOptions } from "./guard.ts";

/** A clock that passes only when somebody sleeps. */
class VirtualClock {
  #milliseconds = 0;

  now(): Date {
    return new Date(this.#milliseconds);
  }

  get seconds(): number {
    return this.#milliseconds / 1000;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.#milliseconds += milliseconds;
  }
}

function guarded(options: Partial<GuardOptions>) {
  const clock = new VirtualClock();
  const quiet = { look: async () => [], started: clock.now(), maximumSeconds: undefined, closed: () => false };
  return { clock, guard: new Guard({ ...quiet, clock, ...options }) };
}

test("nothing speaks against it: the wait is as long as asked", async () => {
  const { clock, guard } = guarded({});
  expect(await guard.watchFor(3)).toBeUndefined();
  expect(clock.seconds).toBe(3);
});

test("an alarm ends the wait within a second, by its name", async () => {
  const clock = new VirtualClock();
  const { guard } = guarded({ clock, look: async () => (clock.seconds >= 5 ? ["unhealthy (too slow)"] : []) });
  expect(await guard.watchFor(60)).toContain("alarms are in ALARM state: unhealthy (too slow)");
  expect(clock.seconds).toBeLessThan(6);
});

test("the last look comes after the wait, even after none", async () => {
  let looks = 0;
  const { guard } = guarded({ look: async () => (++looks > 1 ? ["late"] : []) });
  expect(await guard.watchFor(0)).toContain("late");
});

describe("what cannot be seen is not well", () => {
  test("alarms that cannot be read for ten seconds end the deployment", async () => {
    const { clock, guard } = guarded({ look: () => Promise.reject(new Error("no route")) });
    expect(await guard.watchFor(60)).toContain("could not be read for 10 seconds: no route");
    expect(clock.seconds).toBe(10);
  });

  test("one reading that fails does not", async () => {
    const clock = new VirtualClock();
    const look = async () => {
      if (clock.seconds % 10 > 0) return [];
      throw new Error("busy");
    };
    const { guard } = guarded({ clock, look });
    expect(await guard.watchFor(60)).toBeUndefined();
  });
});

test("a deployment that takes too long is given up, counted from its start", async () => {
  const { clock, guard } = guarded({ maximumSeconds: 600 });
  await clock.sleep(599_000);
  expect(await guard.watchFor(60)).toContain("longer than MaximumExecutionTimeoutInSeconds (600 seconds)");
});

test("work is waited for, well or not; a host that ends waits for nothing", async () => {
  expect(await guarded({}).guard.watchUntil(Promise.reject(new Error("no start")))).toBeUndefined();
  expect(await guarded({ closed: () => true }).guard.watchUntil(new Promise(() => {}))).toContain("was stopped");
});
