import { expect, test } from "vitest";
import { MlflowClient, MlflowError } from "../src/index.ts";
import { covered } from "./covered.ts";

const missing = { error_code: "RESOURCE_DOES_NOT_EXIST", message: "" };
const partlyKnown = [{ path: "mpu/create", answer: { upload_id: "u", credentials: [] } }];

test.for(covered)("$method asks for $route", async ({ route, ask }) => {
  const asked: string[] = [];
  const remember: typeof fetch = async (url, init) => {
    const { pathname } = new URL(String(url));
    asked.push(`${init?.method} ${pathname}`);
    const known = partlyKnown.find(({ path }) => pathname.includes(path));
    return known === undefined ? Response.json(missing, { status: 404 }) : Response.json(known.answer);
  };
  const client = new MlflowClient({ trackingUri: "http://127.0.0.1", fetch: remember });
  await ask(client).catch((error: unknown) => expect(error).toBeInstanceOf(MlflowError));
  expect(asked).toContainEqual(expect.stringMatching(patternOf(route)));
});

test("each route is covered once", () => {
  const routes = covered.map(({ route }) => route);
  expect(new Set(routes).size).toBe(routes.length);
});

/** A route has no other character that means something in a pattern but its dots. */
function patternOf(route: string): RegExp {
  const pattern = route
    .replaceAll(".", "\\.")
    .replaceAll("{artifact_path}", ".+")
    .replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${pattern}$`);
}
