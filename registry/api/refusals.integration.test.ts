import { randomUUID } from "node:crypto";
import { connect, type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { intercepted } from "../crash.fixture.ts";
import { type KeptRefusal, type Refusal, Refusals } from "./refusals.ts";

let environment: Environment;
let who: string;
let logged: string[];
let clock: { now: Date };

beforeAll(async () => {
  environment = await openEnvironment("local");
});
afterAll(() => environment[Symbol.dispose]());
beforeEach(() => {
  who = `ada-${randomUUID()}`;
  logged = [];
  clock = { now: new Date() };
});

function open(on: Environment = environment): Refusals {
  return new Refusals(on, { now: () => clock.now, log: pino({}, { write: (line: string) => void logged.push(line) }) });
}

const refusal = (change: Partial<Refusal> = {}): Refusal => ({
  who,
  address: "127.0.0.1",
  method: "POST",
  route: "/promotions",
  code: "control-plane.not-allowed",
  ...change,
});

function later(seconds: number): void {
  clock.now = new Date(clock.now.getTime() + seconds * 1000);
}

/** Those of this test: others write to the same chain. */
async function kept(belongs: (refusal: KeptRefusal) => boolean = (one) => one.who === who): Promise<KeptRefusal[]> {
  const all: KeptRefusal[] = [];
  const reader = open();
  for (let more = true; more; ) {
    const page = await reader.page({ after: all.at(-1)?.sequence, limit: 1_000 });
    all.push(...page.refusals);
    more = page.more;
  }
  return all.filter(belongs);
}

test("a refusal is kept with time, person, address, route and code", async () => {
  await open().record(refusal());
  expect(await kept()).toEqual([{ ...refusal(), sequence: expect.any(Number), time: clock.now.toISOString() }]);
});

test("the same again within a minute is counted; its number is written when the minute is over", async () => {
  const refusals = open();
  for (let at = 0; at < 4; at++) await refusals.record(refusal());
  expect(await kept()).toHaveLength(1);
  later(61);
  await refusals.settle();
  expect((await kept()).map(({ repeats }) => repeats)).toEqual([undefined, 3]);
});

test("what is only counted is written when the process ends", async () => {
  const refusals = open();
  await refusals.record(refusal());
  await refusals.record(refusal());
  await refusals.close();
  expect((await kept()).map(({ repeats }) => repeats)).toEqual([undefined, 1]);
});

test("a flood of kinds adds no more than a bounded number of events, and how many more there were", async () => {
  const refusals = open();
  await Promise.all(Array.from({ length: 150 }, (_, at) => refusals.record(refusal({ address: `10.0.0.${at}` }))));
  const isOurs = (one: KeptRefusal) => one.who === who || one.code === "several";
  const before = await kept(isOurs);
  expect(before.filter((one) => one.who === who)).toHaveLength(100);
  await refusals.close();
  const others = (await kept(isOurs)).slice(before.length);
  expect(others).toMatchObject([{ who: "unknown", code: "several", repeats: 50 }]);
});

test("of several processes that write at once none loses anything", async () => {
  const processes = [open(), open(), open()];
  const addresses = Array.from({ length: 15 }, (_, at) => `10.0.1.${at}`);
  await Promise.all(addresses.map((address, at) => processes[at % processes.length]?.record(refusal({ address }))));
  expect((await kept()).map(({ address }) => address).sort()).toEqual(addresses.sort());
});

test("where the table is away the refusal stands, the log says so, and it is written later", async () => {
  let isAway = true;
  const refusals = open(
    intercepted(environment, (name, _, call) => {
      if (isAway && name === "TransactWriteItemsCommand") throw new Error("the table is away");
      return call();
    }),
  );
  await refusals.record(refusal());
  expect(await kept()).toEqual([]);
  expect(logged.map((line) => JSON.parse(line))).toMatchObject([{ refusal: refusal(), err: { message: "the table is away" } }]);
  isAway = false;
  await refusals.close();
  expect((await kept()).map(({ repeats }) => repeats)).toEqual([1]);
});

test("where no service answers at all, it still returns", async () => {
  const away = connect({ ...environment.descriptor, services: { awsEndpointUrl: "http://127.0.0.1:9" } });
  await open(away).record(refusal());
  expect(logged).toHaveLength(1);
  away[Symbol.dispose]();
});
