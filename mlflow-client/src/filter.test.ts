import { describe, expect, expectTypeOf, test } from "vitest";
import { type Filter, where } from "./filter.ts";

test("conditions are joined by and", () => {
  const filter = where.run
    .metric("accuracy")
    .isAbove(0.8)
    .and(where.run.param("C").is("0.1"), where.run.dataset.name.isIn(["a", "b"]));
  expect(filter.text).toBe("metrics.`accuracy` > 0.8 AND params.`C` = '0.1' AND datasets.name IN ('a', 'b')");
});

test("a filter on runs searches nothing else", () => {
  expectTypeOf(where.run.metric("auc").isAbove(0)).toEqualTypeOf<Filter<"run">>();
  expectTypeOf<Filter<"run">>().not.toExtend<Filter<"experiment">>();
});

test("a text may hold one kind of quote", () => {
  expect(where.run.tag("note").is("it's").text).toBe('tags.`note` = "it\'s"');
  expect(where.run.tag("note").is('so "good"').text).toBe("tags.`note` = 'so \"good\"'");
});

test("a number is written as MLflow reads it", () => {
  const text = (value: number) => where.run.metric("loss").isAbove(value).text.split(" ").at(-1);
  expect([1e21, -1.7976931348623157e308, 1e-7, 0.5].map(text)).toEqual(["1e21", "-1.7976931348623157e308", "1e-7", "0.5"]);
});

test("a list of one is that one", () => {
  expect(where.run.id.isIn(["r1"]).text).toBe("attributes.run_id = 'r1'");
});

describe("what MLflow's syntax has no words for is refused at once", () => {
  test.for<[string, () => unknown]>([
    ["both kinds of quotes", () => where.run.tag("note").is('it\'s "good"')],
    ["a key with a backtick", () => where.run.metric("a`b")],
    ["a list of nothing", () => where.run.id.isIn([])],
    ["a number that is none", () => where.run.metric("loss").isBelow(Number.NaN)],
  ])("%s", ([, say]) => expect(say).toThrow(TypeError));
});
