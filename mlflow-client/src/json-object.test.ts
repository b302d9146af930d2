import { expect, test } from "vitest";
import { JsonObject } from "./json-object.ts";

const read = (value: unknown) => new JsonObject(value, (problem) => new TypeError(problem));

test.for([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["1700000000000", 1_700_000_000_000],
  [0.5, 0.5],
] as const)("protobuf's %j is the number %d", ([written, value]) => {
  expect(read({ value: written }).number("value")).toBe(value);
});

test.for(["", "many", true, [1], {}])("%j is no number", (written) => {
  expect(() => read({ value: written }).number("value")).toThrow("answer.value is no number");
});

test("a problem is told with its place in the answer", () => {
  const answer = read({ runs: [{ tags: [{ key: "seed" }] }, { tags: [{ key: 7 }] }] });
  const [first, second] = answer.objects("runs");
  expect(first?.keyed("tags")).toEqual({ seed: "" });
  expect(() => second?.keyed("tags")).toThrow("answer.runs[1].tags[0].key is no string");
});

test("what MLflow leaves out is empty or undefined, unless it is promised", () => {
  const answer = read({});
  expect([answer.objects("tags"), answer.texts("aliases"), answer.optionalText("run_id")]).toEqual([[], [], undefined]);
  expect(() => answer.text("name")).toThrow("answer.name is missing");
  expect(() => answer.object("run")).toThrow("answer.run is no object");
});
