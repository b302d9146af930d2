import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { readParquet } from "@falconry/model/frame.ts";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { withCleanRecords } from "@falconry/training/testing/with-clean-records.ts";
import { describe, expect, test } from "vitest";
import { readJson } from "./spacex-v4.ts";

const core = {
  core: "c1",
  flight: 2,
  gridfins: true,
  legs: true,
  reused: true,
  landing_attempt: true,
  landing_success: true,
  landpad: "pad",
};
const launch = {
  rocket: "5e9d0d95eda69973a809d1ec",
  launchpad: "5e9e4502f509094188566f88",
  date_utc: "2019-06-12T14:17:00.000Z",
  success: true,
  upcoming: false,
  payloads: ["p1", "p2"],
  cores: [core],
};

async function read(document: unknown, files: Record<string, unknown> = {}) {
  const reading = await readJson(document, async (name) => files[name]);
  return "records" in reading ? reading.records : reading.unreadable;
}

async function outcomeOf(coreChange: object, launchChange: object = {}) {
  const [record] = await read([{ ...launch, ...launchChange, cores: [{ ...core, ...coreChange }] }]);
  if (typeof record !== "object") return record;
  return "values" in record ? record.values.landed : record.problem.reason;
}

describe("ids", () => {
  test("are resolved through the files beside the launches, as an array or as a query's answer", async () => {
    const payloads = [
      { id: "p1", mass_kg: 1000, orbit: "LEO" },
      { id: "p2", mass_kg: 250.5, orbit: "SSO" },
    ];
    const cores = [{ id: "c1", serial: "B1051", block: 5, reuse_count: 7 }];
    const expected = {
      date: "2019-06-12",
      booster: "B1051",
      core_flight: 2,
      block: 5,
      payload_mass_kg: 1250.5,
      orbit: "LEO",
      site: "KSC LC 39A",
      longitude: -80.6039558,
      latitude: 28.6080585,
      grid_fins: true,
      legs: true,
      reused: true,
      landing_pad: "pad",
      reused_count: 7,
      landed: 1,
    };
    expect(await read([launch], { "payloads.json": payloads, "cores.json": cores })).toEqual([{ values: expected }]);
    expect(await read({ docs: [launch] }, { "payloads.json": { docs: payloads }, "cores.json": { docs: cores } })).toEqual([
      { values: expected },
    ]);
  });

  test("that no file resolves leave values missing; the booster goes by its core's id", async () => {
    expect(await read([{ ...launch, launchpad: "elsewhere" }])).toEqual([
      {
        values: expect.objectContaining({ booster: "c1", block: undefined, payload_mass_kg: undefined, orbit: undefined, site: undefined }),
      },
    ]);
  });

  test("of one payload out of two leave the mass missing: half of it would be wrong", async () => {
    const files = { "payloads.json": [{ id: "p1", mass_kg: 1000, orbit: "LEO" }] };
    expect(await read([launch], files)).toEqual([{ values: expect.objectContaining({ payload_mass_kg: undefined, orbit: "LEO" }) }]);
  });
});

describe("the landing", () => {
  test.each([
    ["succeeded", { landing_success: true }, {}, 1],
    ["failed", { landing_success: false }, {}, 0],
    ["was not tried", { landing_attempt: false, landing_success: null }, {}, 0],
    ["was to be tried, but the rocket was lost before", { landing_success: null }, { success: false }, 0],
    ["is not known", { landing_success: null }, {}, "how the landing ended is not known"],
  ])("%s", async (_, coreChange, launchChange, expected) => {
    expect(await outcomeOf(coreChange, launchChange)).toBe(expected);
  });
});

test.each([
  ["of another rocket", { rocket: "5e9d0d95eda69974db09d1ed" }, "rocket", "it is a Falcon Heavy, no Falcon 9"],
  ["of a rocket that nobody knows", { rocket: "r9" }, "rocket", "no rockets.json knows it"],
  ["still to come", { upcoming: true }, "upcoming", "the launch is still to come"],
  ["with several cores", { cores: [core, core] }, "cores", "a Falcon 9 has one core"],
])("a launch %s goes to quarantine with the reason", async (_, change, column, reason) => {
  expect(await read([{ ...launch, ...change }])).toEqual([{ problem: expect.objectContaining({ column, reason }) }]);
});

test("what is no launch goes to quarantine, what is no list of launches is unreadable", async () => {
  expect(await read([{ name: "x" }, 7])).toEqual([
    { problem: { column: null, value: { name: "x" }, reason: expect.stringContaining("it is no launch") } },
    { problem: { column: null, value: 7, reason: expect.stringContaining("it is no launch") } },
  ]);
  for (const document of [{ name: "x" }, "launches", null]) expect(await read(document)).toContain("no answer of the SpaceX API v4");
});

const recorded = join(checkoutFolder, "../shared/data/falcon/API_call_spacex_api.json");

test.skipIf(!existsSync(recorded))(
  "of the 107 recorded launches each is accepted or quarantined, and they agree with the table",
  async () => {
    const workload = await loadWorkload("falcon");
    const facts = ["core_flight", "site", "longitude", "latitude", "grid_fins", "legs", "reused", "landing_pad", "landed"];
    const cleaned = (path?: string) =>
      withCleanRecords(
        workload,
        async ({ parquet, accepted, quarantine }) => {
          const { columns } = await readParquet(await readFile(parquet));
          const byDate = new Map(columns.date?.map((date, row) => [date, facts.map((fact) => columns[fact]?.[row])]));
          return { accepted, byDate, quarantined: (await readFile(quarantine.path, "utf8")).split("\n").filter((line) => line !== "") };
        },
        path,
      );
    const { accepted, byDate, quarantined } = await cleaned(recorded);
    expect(accepted + quarantined.length).toBe(107);
    const reasons = quarantined.map((line) => JSON.parse(line).reason);
    expect(reasons.filter((reason) => reason === "it is a Falcon 1, no Falcon 9")).toHaveLength(5);
    expect(reasons.filter((reason) => reason === "it is a Falcon Heavy, no Falcon 9")).toHaveLength(3);
    const table = await cleaned();
    expect(table.byDate.size).toBe(90);
    for (const [date, expected] of table.byDate) expect([date, byDate.get(date)]).toEqual([date, expected]);
  },
);
