import { test as propertyTest } from "@fast-check/vitest";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Listed, listPage } from "./listing.ts";

const items = fc.uniqueArray(fc.record({ name: fc.string({ minLength: 1 }), created: fc.integer({ min: 0, max: 5 }) }), {
  selector: ({ name }) => name,
  maxLength: 30,
});
const order = fc.record({ SortBy: fc.constantFrom("Name", "CreationTime"), SortOrder: fc.constantFrom("Ascending", "Descending") });

propertyTest.prop([items, order, fc.integer({ min: 1, max: 7 })])(
  "the pages together are the whole list, in order",
  (all, request, MaxResults) => {
    const whole = listPage(all, { ...request, MaxResults: 100 }).items;
    expect(new Set(whole)).toEqual(new Set(all));
    const paged: Listed[] = [];
    let NextToken: string | undefined;
    do {
      const page = listPage(all, { ...request, MaxResults, NextToken });
      paged.push(...page.items);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(paged).toEqual(whole);
  },
);

test("without an order the youngest come first, ten to a page", () => {
  const all = Array.from({ length: 12 }, (_, index) => ({ name: `m${index}`, created: index }));
  const { items: page, NextToken } = listPage(all, {});
  expect(page.map(({ name }) => name)).toEqual(["m11", "m10", "m9", "m8", "m7", "m6", "m5", "m4", "m3", "m2"]);
  expect(listPage(all, { NextToken }).items.map(({ name }) => name)).toEqual(["m1", "m0"]);
});

test("what is created between two pages neither repeats nor hides another", () => {
  const all = [3, 2, 1].map((created) => ({ name: `m${created}`, created }));
  const { NextToken } = listPage(all, { MaxResults: 2 });
  const later = [{ name: "m4", created: 4 }, ...all];
  expect(listPage(later, { NextToken }).items.map(({ name }) => name)).toEqual(["m1"]);
});

test("a token of somebody else is refused", () => {
  expect(() => listPage([], { NextToken: "abc" })).toThrow(expect.objectContaining({ code: "ValidationException" }));
});
