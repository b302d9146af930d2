import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { loadWorkload } from "@falconry/model/load-workload.ts";
import { collectBy } from "@falconry/training/datasets/collect/collect.ts";
import { replayingService } from "@falconry/training/testing/replaying-service.ts";
import { withCleanRecords } from "@falconry/training/testing/with-clean-records.ts";
import { expect, onTestFinished, test } from "vitest";
import { spacexApi } from "./spacex-api.ts";
import { readJson } from "./spacex-v4.ts";

const falcon9 = "5e9d0d95eda69973a809d1ec";
const pad = "5e9e4502f509094188566f88";
const core = {
  core: "c1",
  flight: 1,
  gridfins: true,
  legs: true,
  reused: false,
  landing_attempt: true,
  landing_success: true,
  landpad: null,
};

/** Launches on the first days of June 2019, one a day. */
const launches = Array.from({ length: 120 }, (_, index) => ({
  id: `l${index}`,
  flight_number: index + 1,
  rocket: falcon9,
  launchpad: pad,
  date_utc: new Date(Date.UTC(2019, 0, 1 + index, 14)).toISOString(),
  success: true,
  upcoming: false,
  payloads: ["p1"],
  cores: [core],
}));
const resources: Record<string, unknown> = {
  "/rockets": [{ id: falcon9, name: "Falcon 9" }],
  "/payloads": [{ id: "p1", mass_kg: 1000, orbit: "LEO" }],
  "/launchpads": [{ id: pad, name: "KSC LC 39A", latitude: 28.6, longitude: -80.6 }],
  "/cores": [{ id: "c1", serial: "B1051", block: 5, reuse_count: 7 }],
};

/** As the API pages a query, and as the archive answers for a range of days. */
function answers(all: readonly object[]) {
  return (path: string, body: string): unknown => {
    const { pathname, searchParams } = new URL(path, "http://service");
    if (pathname === "/launches/query") {
      const { page, limit } = JSON.parse(body).options;
      return { docs: all.slice((page - 1) * limit, page * limit), totalDocs: all.length, hasNextPage: page * limit < all.length };
    }
    if (pathname !== "/archive") return resources[pathname];
    const [first, last] = [searchParams.get("start_date"), searchParams.get("end_date")].map((day) => Date.parse(day ?? ""));
    if (first === undefined || last === undefined) return undefined;
    const time = Array.from({ length: (last - first) / 86_400_000 + 1 }, (_, day) =>
      new Date(first + day * 86_400_000).toISOString().slice(0, 10),
    );
    const numbers = Object.fromEntries(
      (searchParams.get("daily") ?? "").split(",").map((name, at) => [name, time.map((_, day) => at + day / 1000)]),
    );
    return { generationtime_ms: performance.now(), daily: { time, ...numbers } };
  };
}

async function collected(answer: (path: string, body: string) => unknown): Promise<string> {
  const { url } = await replayingService(answer);
  const folder = await mkdtemp(join(tmpdir(), "falconry-spacex-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return collectBy(spacexApi({ spacex: url, weather: `${url}/archive` }), folder, {
    now: () => new Date(),
    patience: { pauseSeconds: () => 0 },
  });
}

test("launches of all pages are joined with what they refer to, and with the day's weather at the pad", async () => {
  const reading = await readJson(JSON.parse(await readFile(await collected(answers(launches)), "utf8")), async () => undefined);
  if (!("records" in reading)) throw new Error(reading.unreadable);
  expect(reading.records).toHaveLength(120);
  expect(reading.records[2]).toEqual({
    values: expect.objectContaining({
      ...{ date: "2019-01-03", booster: "B1051", block: 5, payload_mass_kg: 1000, orbit: "LEO", site: "KSC LC 39A" },
      ...{ temperature_c: 0.002, precipitation_mm: 1.002, wind_m_s: 2.002, gusts_m_s: 3.002 },
    }),
  });
});

test("the same answers make the same bytes, whatever the weather service says about itself", async () => {
  const [one, other] = await Promise.all([1, 2].map(async () => readFile(await collected(answers(launches)), "utf8")));
  expect(one).toBe(other);
});

test.each([
  ["launches that change while they are read", answers([...launches.slice(0, 60), ...launches.slice(59)]), "they changed meanwhile"],
  ["what is no page of launches", (path: string) => (path.includes("query") ? { docs: "none" } : resources[path]), "docs: "],
  [
    "pages without an end",
    (path: string, body: string) =>
      path.includes("query")
        ? { docs: launches.slice(0, 50), totalDocs: launches.length, hasNextPage: true }
        : answers(launches)(path, body),
    "its pages hold 50 launches",
  ],
  [
    "days of weather without their numbers",
    (path: string, body: string) => {
      const answer = answers(launches)(path, body);
      return path.startsWith("/archive") ? { daily: { ...Object(answer).daily, precipitation_sum: [] } } : answer;
    },
    "daily: not as many numbers as days",
  ],
  ["a resource that is no list", (path: string, body: string) => (path === "/cores" ? {} : answers(launches)(path, body)), "/cores: "],
])("%s are told, and nothing is collected", async (_, answer, why) => {
  await expect(collected(answer)).rejects.toMatchObject({ code: "collect.answer", message: expect.stringContaining(why) });
});

const recorded = join(checkoutFolder, "../shared/data/falcon/API_call_spacex_api.json");

test.skipIf(!existsSync(recorded))("the recorded launches, collected in pages, are read as they are from their file", async () => {
  const workload = await loadWorkload("falcon");
  const counts = (path: string) => withCleanRecords(workload, async ({ accepted, quarantine }) => [accepted, quarantine.count], path);
  const all = JSON.parse(await readFile(recorded, "utf8"));
  expect(await counts(await collected(answers(all)))).toEqual(await counts(recorded));
});
