import { expect, test } from "vitest";
import { unreachable } from "./unreachable.ts";

const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5500"), { code: "ECONNREFUSED" });

test.each([
  ["a refused connection", refused],
  ["one that was refused over both IP families", new AggregateError([refused])],
  ["one that a client wrapped", new TypeError("fetch failed", { cause: refused })],
])("%s means an environment that cannot be reached", (_, thrown) => {
  expect(unreachable(thrown)).toMatchObject({ code: "environment.unreachable", exitCode: 4, cause: thrown });
});

test("any other failure is left alone", () => {
  expect(unreachable(new TypeError("x is not a function"))).toBeUndefined();
  expect(unreachable(Object.assign(new Error("no such file"), { code: "ENOENT" }))).toBeUndefined();
  expect(unreachable("ECONNREFUSED")).toBeUndefined();
});
