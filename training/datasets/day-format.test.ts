import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { dayFormat, monthNumber } from "./day-format.ts";

test.each([
  ["YYYY-MM-DD", "2020-02-29", "2020-02-29"],
  ["YYYY-MM-DD", "2021-02-29", undefined],
  ["YYYY-MM-DD", "2020-2-9", undefined],
  ["D.M.YYYY", "9.2.2020", "2020-02-09"],
  ["M/D/YYYY", "12/31/1999", "1999-12-31"],
  ["M/D/YYYY", "31/12/1999", undefined],
  ["D MMMM YYYY", "4 June 2010", "2010-06-04"],
  ["D-MMMM-YYYY", "04-Sep-2010", "2010-09-04"],
  ["MMMM D, YYYY", "June 4, 2010", "2010-06-04"],
  ["MMMM D, YYYY", "Juni 4, 2010", undefined],
])("%s reads %s as %s", (format, text, day) => {
  expect(dayFormat(format)?.(text)).toBe(day);
});

test.each(["YYYY-MM", "YYYY", "", "YYYY-MM-DD-DD"])("%j names no day", (format) => {
  expect(dayFormat(format)).toBeUndefined();
});

test("a month goes by its English name or its first letters", () => {
  expect(["July", "jul", "SEPT", "Ju", "Brumaire"].map(monthNumber)).toEqual([7, 7, 9, Number.NaN, Number.NaN]);
});

test.prop([fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })])(
  "every day there is is read",
  (date) => {
    const day = date.toISOString().slice(0, 10);
    expect(dayFormat("YYYY-MM-DD")?.(day)).toBe(day);
  },
);
