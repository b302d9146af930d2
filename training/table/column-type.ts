import type { Column } from "@falconry/model/workload.ts";
import { type ColumnProfile, certainMarkers, countedValues, likelyMarkers } from "./column-profile.ts";

/** What a table's columns are read as, when all of them have been seen. */
export interface Reading {
  decimalComma: boolean;
  /** Texts that stand for a missing value. */
  missing: string[];
}

export interface RecognisedType {
  type: Column["type"];
  formats?: [string, ...string[]];
  /** What was seen that says so, for people. */
  reason: string;
  /** Values that are no such thing: their records go to quarantine. */
  misfits: number;
}

/** Of a column's values so many may be no number, no day; with more of them it is text. */
const misfitShare = 0.02;
/** Texts of this share are as different as names are. */
const identifierShare = 0.9;

/** What holds for the whole table: how numbers are written and what stands for a missing value. */
export function recogniseReading(profiles: ColumnProfile[], delimiter: string): Reading {
  const commas = profiles.filter(({ commaNumbers, points }) => commaNumbers > points).length;
  const decimalComma = delimiter !== "," && commas > profiles.filter(({ commaNumbers, points }) => points > commaNumbers).length;
  const missing = new Set<string>();
  for (const profile of profiles) {
    const { type } = recogniseType(profile, { decimalComma, missing: [] });
    const isText = type === "string" && profile.values > 0;
    for (const text of profile.markers.keys()) {
      const marker = text.trim();
      if (!isText && likelyMarkers.includes(marker)) missing.add(text);
      if (certainMarkers.includes(marker) && !(marker === "NA" && holdsShortCodes(profile))) missing.add(text);
    }
  }
  return { decimalComma, missing: [...missing].sort() };
}

/** What the values of a column are. */
export function recogniseType(profile: ColumnProfile, { decimalComma, missing }: Reading): RecognisedType {
  const { values, integers, unsafe, words, infinities, leadingZeros } = profile;
  const unread = [...profile.markers].reduce((sum, [marker, count]) => sum + (missing.includes(marker) ? 0 : count), 0);
  const numbers = profile.numbers + (decimalComma ? profile.commaNumbers : 0);
  const fits = (count: number) => count > 0 && values - count <= values * misfitShare;
  if (values === 0) return { type: "string", reason: unread > 0 ? "texts" : "never there", misfits: 0 };
  if (words === values) return { type: "boolean", reason: "true and false", misfits: 0 };
  if (fits(numbers + infinities) && leadingZeros === 0) {
    const misfits = values - numbers;
    if (unsafe > 0 && integers === numbers && profile.isNearlyUnique(identifierShare)) {
      return { type: "string", reason: "whole numbers too large to be told apart as numbers, hardly one twice", misfits: 0 };
    }
    const whole = profile.commaNumbers === 0 && integers === profile.numbers && unsafe === 0;
    const range = `${shown(profile.min)} to ${shown(profile.max)}`;
    return { type: whole ? "integer" : "number", reason: `${whole ? "whole numbers" : "numbers"}, ${range}`, misfits };
  }
  const { formats, days } = recogniseDays(profile);
  const [first, ...others] = formats;
  if (first !== undefined && fits(days)) {
    const type = profile.times > 0 ? "timestamp" : "date";
    return {
      type,
      formats: [first, ...others],
      reason: `${type === "date" ? "days" : "moments"} as ${formats.join(" or ")}`,
      misfits: values - days,
    };
  }
  return { type: "string", reason: leadingZeros > 0 && fits(numbers) ? "numbers that begin with a zero" : howMany(profile), misfits: 0 };
}

/** D/M/YYYY and M/D/YYYY look alike: the one that fits more of the values is meant; of two that fit all, the American one. */
function recogniseDays({ days }: ColumnProfile): { formats: string[]; days: number } {
  const [dayFirst = 0, monthFirst = 0] = [days.get("D/M/YYYY"), days.get("M/D/YYYY")];
  const dropped = monthFirst >= dayFirst ? "D/M/YYYY" : "M/D/YYYY";
  const kept = [...days].filter(([format]) => format !== dropped).sort(([, one], [, other]) => other - one);
  return { formats: kept.map(([format]) => format), days: kept.reduce((sum, [, count]) => sum + count, 0) };
}

/** Codes of two letters: Namibia's is NA. */
function holdsShortCodes({ counts }: ColumnProfile): boolean {
  return counts !== undefined && counts.size > 0 && [...counts.keys()].every((value) => /^[A-Z]{2}$/.test(value));
}

function howMany({ distinct }: ColumnProfile): string {
  return distinct === undefined
    ? `texts, more than ${countedValues} different ones`
    : `texts, ${distinct} different ${distinct === 1 ? "one" : "ones"}`;
}

function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}
