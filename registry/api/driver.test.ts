import { pino } from "pino";
import { expect, test } from "vitest";
import type { WorkloadStatus } from "../status.ts";
import { Driver, type DriverOptions } from "./driver.ts";

/** A driver in virtual time: a pause passes when nothing else is left to do. */
function trialDriver(reconcile: (workload: string, at: number) => Promise<string>, workloads = ["falcon"]) {
  const passes: string[] = [];
  const logged: string[] = [];
  const clock = { seconds: 0 };
  const sleepers: { until: number; wake: () => void }[] = [];
  const options: DriverOptions = {
    endpoints: new Map(workloads.map((workload) => [workload, `local-${workload}`])),
    async reconcile(workload) {
      passes.push(`${workload} ${clock.seconds}`);
      return { workloads: [status(workload, await reconcile(workload, clock.seconds))] };
    },
    log: pino({}, { write: (line: string) => void logged.push(JSON.parse(line).msg) }),
    pause: (seconds, signal) =>
      new Promise((wake) => {
        if (signal.aborted) return wake();
        sleepers.push({ until: clock.seconds + seconds, wake });
        signal.addEventListener("abort", () => wake());
      }),
    clock: () => clock.seconds,
  };
  return {
    driver: new Driver(options),
    passes,
    logged,
    async pass(untilSeconds: number) {
      for (;;) {
        await settled();
        sleepers.sort((one, other) => one.until - other.until);
        const next = sleepers[0];
        if (next === undefined || next.until > untilSeconds) break;
        sleepers.shift();
        clock.seconds = next.until;
        next.wake();
      }
      clock.seconds = untilSeconds;
    },
  };
}

/** Everything that needs no time has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function status(name: string, state: string): WorkloadStatus {
  const nothing = { inFlight: null, champion: null, challenger: null, canary: null };
  return { name, endpoint: `local-${name}`, state, ...nothing, agrees: true, differences: [] };
}

test("what rests is looked at every ten seconds", async () => {
  const { driver, passes, pass } = trialDriver(async () => "live");
  driver.start();
  await pass(25);
  expect(passes).toEqual(["falcon 0", "falcon 10", "falcon 20"]);
});

test("what is on its way is looked at every half second", async () => {
  const { driver, passes, pass } = trialDriver(async (_, at) => (at < 1 ? "canary" : "live"));
  driver.start();
  await pass(10.9);
  expect(passes).toEqual(["falcon 0", "falcon 0.5", "falcon 1"]);
});

test("what waits for a person rests", async () => {
  const { driver, passes, pass } = trialDriver(async () => "awaiting-approval");
  driver.start();
  await pass(9);
  expect(passes).toEqual(["falcon 0"]);
});

test("after a request it looks at once, and only there", async () => {
  const { driver, passes, pass } = trialDriver(async () => "live", ["falcon", "imagery"]);
  driver.start();
  await pass(3);
  driver.wake("falcon");
  await pass(4);
  expect(passes).toEqual(["falcon 0", "imagery 0", "falcon 3"]);
});

test("a request during a pass is not missed", async () => {
  let finish = () => {};
  const first = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { driver, passes, pass } = trialDriver(async () => {
    await first;
    return "live";
  });
  driver.start();
  driver.wake("falcon");
  finish();
  await pass(1);
  expect(passes).toEqual(["falcon 0", "falcon 0"]);
});

test("of one workload one pass runs at a time; all who ask meanwhile share the next", async () => {
  const finish: (() => void)[] = [];
  const { driver, passes } = trialDriver(() => new Promise((resolve) => finish.push(() => resolve("live"))));
  const first = driver.reconcile("falcon");
  const others = [driver.reconcile("falcon"), driver.reconcile()];
  await settled();
  expect(passes).toHaveLength(1);
  finish.shift()?.();
  await first;
  await settled();
  finish.shift()?.();
  await Promise.all(others);
  expect(passes).toHaveLength(2);
});

test("a failure holds no other workload up, is logged once per change, and tried again later and later", async () => {
  const { driver, passes, logged, pass } = trialDriver(
    async (workload, at) => {
      if (workload === "falcon" && at < 5) throw new Error("SageMaker is away");
      return "live";
    },
    ["falcon", "imagery"],
  );
  driver.start();
  await pass(9);
  expect(passes).toEqual(["falcon 0", "imagery 0", "falcon 1", "falcon 3", "falcon 7"]);
  expect(logged).toEqual(["reconcile failed", "reconcile works again"]);
});

test("who asks for a pass is told why it failed", async () => {
  const { driver } = trialDriver(() => Promise.reject(new Error("SageMaker is away")));
  await expect(driver.reconcile("falcon")).rejects.toThrow("SageMaker is away");
});

test("of all, one whose pass fails says so, and the others' answers are not lost", async () => {
  const { driver, logged } = trialDriver(
    async (workload) => {
      if (workload === "falcon") throw new Error("SageMaker is away");
      return "live";
    },
    ["falcon", "imagery"],
  );
  const { workloads } = await driver.reconcile();
  expect(workloads.map(({ name, endpoint, state, agrees }) => [name, endpoint, state, agrees])).toEqual([
    ["falcon", "local-falcon", "unknown", false],
    ["imagery", "local-imagery", "live", true],
  ]);
  expect(logged).toEqual(["reconcile failed"]);
});

test("where every pass fails, who asks for all is told why", async () => {
  const { driver } = trialDriver(() => Promise.reject(new Error("SageMaker is away")), ["falcon", "imagery"]);
  await expect(driver.reconcile()).rejects.toThrow("SageMaker is away");
});

test("it drives until everything rests", async () => {
  const { driver, passes, pass } = trialDriver(async (_, at) => (at < 2 ? "completing" : "live"));
  const driven = driver.drive(55);
  await pass(60);
  expect([await driven, passes.length]).toEqual([0, 5]);
});

test("it drives no longer than it may, and says what is left", async () => {
  const { driver, passes, pass } = trialDriver(async (workload) => (workload === "falcon" ? "canary" : "live"), ["falcon", "imagery"]);
  const driven = driver.drive(2);
  await pass(60);
  expect(await driven).toBe(1);
  expect(passes.filter((one) => one.startsWith("falcon"))).toEqual(["falcon 0", "falcon 0.5", "falcon 1", "falcon 1.5"]);
});

test("it stops when the passes under way are over", async () => {
  let finish = () => {};
  const { driver, passes, pass } = trialDriver(
    () =>
      new Promise((resolve) => {
        finish = () => resolve("canary");
      }),
  );
  driver.start();
  await settled();
  let stopped = false;
  const stopping = driver.stop().then(() => {
    stopped = true;
  });
  await settled();
  expect(stopped).toBe(false);
  finish();
  await stopping;
  await pass(60);
  expect(passes).toHaveLength(1);
});
