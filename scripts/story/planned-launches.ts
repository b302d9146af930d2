import { falconLaunches } from "../trials/falcon-launches.ts";

/** Flight that the cores of today's launches are on. The records end with the sixth. */
const coreFlight = 12;

/**
 * Requests of today's callers: the launches of the sample, on cores that have flown eleven times before. No model was trained on any such, so two models that
 * agree on the records may well answer them differently; what tells is live traffic.
 */
export async function plannedLaunches(): Promise<[string, ...string[]]> {
  const [first, ...others] = (await falconLaunches()).map(onAnOldCore);
  if (first === undefined) throw new Error("there is no launch to plan");
  return [first, ...others];
}

/** @param csv a header and a row */
function onAnOldCore(csv: string): string {
  const [header = "", row = ""] = csv.split("\n");
  const values = row.split(",");
  const set = (column: string, value: string) => values.splice(header.split(",").indexOf(column), 1, value);
  set("core_flight", String(coreFlight));
  set("reused", "true");
  return `${header}\n${values.join(",")}\n`;
}
