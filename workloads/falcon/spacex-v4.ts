import type { ReadJson } from "@falconry/training/datasets/json-records.ts";
import type { RawRecord } from "@falconry/training/datasets/record.ts";
import { z } from "zod";
import { type DailyWeather, dailyWeather } from "./spacex-api.ts";
import { launchpads, rockets } from "./well-known-ids.ts";

type Json = Record<string, unknown>;
type ById = Map<unknown, Json>;

/** Answers of the API's other resources, by id, and of the weather's, by launchpad; empty where they were not given. */
interface Resources {
  rockets: ById;
  payloads: ById;
  launchpads: ById;
  cores: ById;
  weather: ReadonlyMap<string, DailyWeather>;
}

/**
 * Reads the answer of the SpaceX REST API v4 to `/launches` (an array) or `/launches/query` (`{"docs": […]}`). Ids are looked up in
 * its own `rockets`, `payloads`, `launchpads` and `cores`, as spacex-api.ts collects them, or in rockets.json and so on beside it, where given; what
 * cannot be looked up is missing, and a booster without a serial goes by its core's id. A launch that does not ask whether its one first stage lands goes
 * to quarantine.
 */
export const readJson: ReadJson = async (document, beside) => {
  const launches = Array.isArray(document) ? document : isObject(document) ? document.docs : undefined;
  if (!Array.isArray(launches)) {
    return { unreadable: 'it is no answer of the SpaceX API v4 to /launches: neither an array nor an object with "docs"' };
  }
  const collected: Json = isObject(document) ? document : {};
  const load = async (name: string) => byId(collected[name] ?? (await beside(`${name}.json`)));
  const resources = {
    rockets: await load("rockets"),
    payloads: await load("payloads"),
    launchpads: await load("launchpads"),
    cores: await load("cores"),
    weather: weatherByPad(collected.weather),
  };
  return { records: launches.map((launch) => toRecord(launch, resources)) };
};

function toRecord(launch: unknown, resources: Resources): RawRecord {
  if (!isObject(launch) || !Array.isArray(launch.cores) || typeof launch.date_utc !== "string") {
    return refuse(null, launch, "it is no launch: an object with date_utc and cores");
  }
  const rocket = nameOfRocket(launch.rocket, resources);
  if (rocket !== "Falcon 9")
    return refuse("rocket", launch.rocket, rocket === undefined ? "no rockets.json knows it" : `it is a ${rocket}, no Falcon 9`);
  if (launch.upcoming === true) return refuse("upcoming", true, "the launch is still to come");
  const [core] = launch.cores;
  if (launch.cores.length !== 1 || !isObject(core)) return refuse("cores", launch.cores.length, "a Falcon 9 has one core");
  const landed = outcome(core, launch);
  if (landed === undefined) return refuse("landing_success", core.landing_success, "how the landing ended is not known");
  const known = resources.cores.get(core.core);
  return {
    values: {
      date: launch.date_utc.slice(0, 10),
      booster: known?.serial ?? core.core,
      core_flight: core.flight,
      block: known?.block,
      ...payload(launch.payloads, resources),
      ...pad(launch.launchpad, resources),
      grid_fins: core.gridfins,
      legs: core.legs,
      reused: core.reused,
      landing_pad: core.landpad,
      reused_count: known?.reuse_count,
      ...weatherOn(launch.date_utc.slice(0, 10), launch.launchpad, resources),
      landed,
    },
  };
}

/** A stage that was lost before it could try has no word on its landing: it did not land. */
function outcome(core: Json, launch: Json): 0 | 1 | undefined {
  if (typeof core.landing_success === "boolean") return core.landing_success ? 1 : 0;
  return core.landing_attempt === false || launch.success === false ? 0 : undefined;
}

function payload(ids: unknown, { payloads }: Resources) {
  const all = (Array.isArray(ids) ? ids : []).map((id) => payloads.get(id));
  const masses = all.map((each) => each?.mass_kg);
  const whole = masses.length > 0 && masses.every((mass) => typeof mass === "number");
  return { payload_mass_kg: whole ? masses.reduce((sum, mass) => sum + mass, 0) : undefined, orbit: all[0]?.orbit };
}

function pad(id: unknown, resources: Resources) {
  const known = launchpads[String(id)] ?? resources.launchpads.get(id);
  return { site: known?.name, longitude: known?.longitude, latitude: known?.latitude };
}

function weatherOn(day: string, padId: unknown, { weather }: Resources) {
  const daily = weather.get(String(padId));
  const index = daily?.time.indexOf(day) ?? -1;
  if (daily === undefined || index < 0) return {};
  return {
    temperature_c: daily.temperature_2m_mean[index],
    precipitation_mm: daily.precipitation_sum[index],
    wind_m_s: daily.wind_speed_10m_max[index],
    gusts_m_s: daily.wind_gusts_10m_max[index],
  };
}

function nameOfRocket(id: unknown, resources: Resources): string | undefined {
  const name = rockets[String(id)] ?? resources.rockets.get(id)?.name;
  return typeof name === "string" ? name : undefined;
}

/** @param answer an array of the resource, or `{"docs": […]}` */
function byId(answer: unknown): ById {
  const resources = isObject(answer) ? answer.docs : answer;
  return new Map((Array.isArray(resources) ? resources : []).filter(isObject).map((resource) => [resource.id, resource]));
}

/** @param answers by launchpad, as spacex-api.ts collects them */
function weatherByPad(answers: unknown): ReadonlyMap<string, DailyWeather> {
  return new Map(Object.entries(z.record(z.string(), dailyWeather).safeParse(answers).data ?? {}));
}

function refuse(column: string | null, value: unknown, reason: string): RawRecord {
  return { problem: { column, value: value ?? null, reason } };
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
