import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import type { Collect } from "@falconry/training/datasets/collect/collect.ts";
import { z } from "zod";

/** Where the two services stand. */
export interface Services {
  /** @default the public SpaceX REST API v4 */
  spacex?: string;
  /** Daily weather of the past, asked as Open-Meteo's archive is. @default Open-Meteo's archive */
  weather?: string;
}

const launchesPerPage = 50;
const page = z.object({ docs: z.array(z.looseObject({ id: z.string() })), totalDocs: z.number(), hasNextPage: z.boolean() });
const resource = z.array(z.looseObject({ id: z.string() }));
const launchpad = z.object({ id: z.string(), latitude: z.number(), longitude: z.number() });
const launched = z.object({ launchpad: z.string(), date_utc: z.iso.datetime(), upcoming: z.literal(false) });

const days = z.array(z.number().nullable());

/** Days in order, and a number of each beside. */
export const dailyWeather = z
  .object({
    time: z.array(z.string()),
    temperature_2m_mean: days,
    precipitation_sum: days,
    wind_speed_10m_max: days,
    wind_gusts_10m_max: days,
  })
  .refine((daily) => Object.values(daily).every(({ length }) => length === daily.time.length), "not as many numbers as days");

export type DailyWeather = z.infer<typeof dailyWeather>;

/**
 * Launches with what they refer to, and the weather at each pad from its first launch to its last: one document for spacex-v4.ts.
 *
 * @throws FalconryError `collect.answer`
 */
export function spacexApi({
  spacex = "https://api.spacexdata.com/v4",
  weather: archive = "https://archive-api.open-meteo.com/v1/archive",
}: Services = {}): Collect {
  return async (web, progress) => {
    const docs = await allLaunches((query) => web.query(`${spacex}/launches/query`, query), `${spacex}/launches/query`, progress);
    const resources: Record<string, z.infer<typeof resource>> = {};
    for (const name of ["rockets", "payloads", "launchpads", "cores"]) {
      resources[name] = fitting(resource, await web.get(`${spacex}/${name}`), `${spacex}/${name}`);
      progress(`${name}: ${resources[name].length}`);
    }
    const weatherAt: Record<string, DailyWeather> = {};
    for (const pad of resources.launchpads ?? []) {
      const url = weatherUrl(archive, pad, docs);
      if (url === undefined) continue;
      weatherAt[pad.id] = fitting(z.object({ daily: dailyWeather }), await web.get(url), url).daily;
      progress(`weather at ${pad.name ?? pad.id}: ${weatherAt[pad.id]?.time.length} days`);
    }
    return { docs, ...resources, weather: weatherAt };
  };
}

export const collect = spacexApi();

/** Page by page, in an order that later launches do not change. */
async function allLaunches(
  ask: (query: object) => Promise<unknown>,
  url: string,
  progress: Progress,
): Promise<z.infer<typeof page>["docs"]> {
  const launches = new Map<string, z.infer<typeof page>["docs"][number]>();
  for (let number = 1; ; number += 1) {
    const options = { page: number, limit: launchesPerPage, sort: { flight_number: "asc" } };
    const { docs, totalDocs, hasNextPage } = fitting(page, await ask({ query: {}, options }), `${url}, page ${number}`);
    const before = launches.size;
    for (const launch of docs) launches.set(launch.id, launch);
    progress(`launches: ${launches.size} of ${totalDocs}`);
    // A service that always has a next page, and nothing new on it, would be asked for ever.
    if (hasNextPage && launches.size > before) continue;
    if (launches.size === totalDocs) return [...launches.values()];
    throw unfit(url, `its pages hold ${launches.size} launches, the last one says ${totalDocs}: they changed meanwhile`);
  }
}

/** @returns undefined where nothing was launched from the pad, or nobody knows where it is */
function weatherUrl(archive: string, pad: unknown, launches: readonly unknown[]): string | undefined {
  const place = launchpad.safeParse(pad).data;
  const dates = launches
    .map((launch) => launched.safeParse(launch).data)
    .flatMap((launch) => (launch !== undefined && launch.launchpad === place?.id ? [launch.date_utc.slice(0, 10)] : []))
    .sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (place === undefined || first === undefined || last === undefined) return undefined;
  const query = new URLSearchParams({
    latitude: String(place.latitude),
    longitude: String(place.longitude),
    start_date: first,
    end_date: last,
    daily: Object.keys(dailyWeather.shape)
      .filter((member) => member !== "time")
      .join(","),
    wind_speed_unit: "ms",
    timezone: "UTC",
  });
  return `${archive}?${query}`;
}

function fitting<T>(schema: z.ZodType<T>, answer: unknown, url: string): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unfit(url, `${issue?.path.join(".") || "it"}: ${issue?.message}`);
}

function unfit(url: string, why: string): FalconryError {
  return new FalconryError("collect.answer", {
    message: `${url}: ${why}`,
    hint: "Run the command again; where it stays so, the service has changed",
  });
}
