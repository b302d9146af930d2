/** Reads a day in one way of writing it. @returns YYYY-MM-DD; undefined where the text is no such day */
export type ReadDay = (text: string) => string | undefined;

const monthNames = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const abbreviated = 3;

const tokens: Record<string, string> = {
  YYYY: String.raw`(\d{4})`,
  MMMM: String.raw`([A-Za-z]{3,9})\.?`,
  MM: String.raw`(\d{2})`,
  M: String.raw`(\d{1,2})`,
  DD: String.raw`(\d{2})`,
  D: String.raw`(\d{1,2})`,
};

/**
 * A way of writing days: YYYY, MM or M or MMMM (a month's English name, or its first letters), DD or D; everything else as it stands.
 *
 * @example dayFormat("D.M.YYYY")("29.2.2020") // "2020-02-29"
 * @returns undefined where the format lacks year, month or day, or names one twice
 */
export function dayFormat(format: string): ReadDay | undefined {
  const found: string[] = format.match(/YYYY|MMMM|MM|M|DD|D/g) ?? [];
  const parts = found.map((token) => token[0]);
  if (parts.toSorted().join("") !== "DMY") return undefined;
  const pattern = new RegExp(`^${format.replace(/YYYY|MMMM|MM|M|DD|D|[.*+?^${}()|[\]\\]/g, (part) => tokens[part] ?? `\\${part}`)}$`);
  const [year, month, day] = ["Y", "M", "D"].map((part) => parts.indexOf(part) + 1);
  const monthOf = found.includes("MMMM") ? monthNumber : Number;
  return (text) => {
    const match = pattern.exec(text);
    return match === null ? undefined : existingDay(Number(match[year ?? 0]), monthOf(match[month ?? 0] ?? ""), Number(match[day ?? 0]));
  };
}

/** 1 to 12 for a month's English name, whole or its first three letters or more; NaN for anything else. */
export function monthNumber(name: string): number {
  const lower = name.trim().toLowerCase();
  const index = lower.length < abbreviated ? -1 : monthNames.findIndex((month) => month.startsWith(lower));
  return index < 0 ? Number.NaN : index + 1;
}

const longMonths = [1, 3, 5, 7, 8, 10, 12];

function existingDay(year: number, month: number, day: number): string | undefined {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return undefined;
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return longMonths.includes(month) ? 31 : 30;
}
