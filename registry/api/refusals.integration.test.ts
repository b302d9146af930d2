import { randomUUID } from "node:crypto";
import { connect, type Environment, openEnvironment } from "@falconry/environment/environment.ts";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { intercepted } from "../crash.fixture.ts";
import { type KeptRefusal, nobodyKnown, type Refusal, Refusals } from "./refusals.ts";

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

test("a flood of kinds adds no more than a bounded number of events, and by whom and how many more there were", async () => {
  const refusals = open();
  await Promise.all(Array.from({ length: 50 }, (_, at) => refusals.record(refusal({ route: `/promotions/falcon-${at + 1}/approval` }))));
  expect(await kept()).toHaveLength(20);
  await refusals.close();
  expect((await kept()).slice(20)).toMatchObject([{ route: "several", code: "control-plane.not-allowed", repeats: 30 }]);
});

test("a person's flood blinds the trail for nobody else, and neither does one of strangers", async () => {
  const refusals = open();
  const [other, code] = [`eve-${randomUUID()}`, "control-plane.token-refused"];
  for (let at = 0; at < 40; at++) await refusals.record(refusal({ route: `/promotions/falcon-${at + 1}/approval` }));
  const strangers = Array.from({ length: 120 }, (_, at) => refusal({ who: nobodyKnown, address: `10.0.2.${at}`, code }));
  await Promise.all(strangers.map((stranger) => refusals.record(stranger)));
  await refusals.record(refusal({ who: other }));
  expect(await kept((one) => one.who === other)).toMatchObject([{ route: "/promotions" }]);
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
