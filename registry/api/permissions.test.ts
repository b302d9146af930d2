import { readFileSync } from "node:fs";
import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { knownPromotion, type TrialApp, trialApp } from "./app.fixture.ts";
import { type Group, groups } from "./identity.ts";
import { loginTime, startPool, type TrialPool } from "./pool.fixture.ts";
import { routes } from "./routes.ts";

/** Who may call what: written down once more, so that a change of the table is meant. `fresh`: only by a login of the last 15 minutes. */
const allowed: Record<string, { groups: Group[]; fresh?: true; body?: object }> = {
  "POST /promotions": { groups: ["scientist"], body: { workload: "falcon", version: 3 } },
  "GET /promotions/:id": { groups: ["scientist", "approver", "operator"] },
  "POST /promotions/:id/approval": { groups: ["approver"], fresh: true, body: { reason: "better" } },
  "POST /promotions/:id/rejection": { groups: ["approver"], body: { reason: "worse" } },
  "POST /workloads/:name/rollback": { groups: ["operator"], body: { reason: "recall fell" } },
  "GET /status": { groups: ["scientist", "approver", "operator"] },
  "GET /workloads/:name/status": { groups: ["scientist", "approver", "operator"] },
  "GET /workloads/:name/history": { groups: ["scientist", "approver", "operator"] },
  "POST /reconcile": { groups: ["scientist", "approver", "operator"] },
  "POST /workloads/:name/reconcile": { groups: ["scientist", "approver", "operator"] },
  "GET /refusals": { groups: ["operator"] },
};

let pool: TrialPool;
let trial: TrialApp;

beforeAll(async () => {
  pool = await startPool();
  trial = await trialApp(pool);
});
afterAll(async () => {
  await trial.app.close();
  await pool[Symbol.asyncDispose]();
});

async function ask(name: string, token: string | undefined) {
  const [method, path] = name.split(" ");
  const url = path?.replace(":id", knownPromotion).replace(":name", "falcon");
  const { body } = allowed[name] ?? {};
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const effectsBefore = trial.effects.length;
  const { statusCode } = await trial.app.inject({ method, url, headers, ...(body && { payload: body }) } as InjectOptions);
  return { status: statusCode, effects: trial.effects.slice(effectsBefore) };
}

test("the table of routes is what is written down here", () => {
  expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(Object.keys(allowed));
});

describe.each(Object.entries(allowed))("%s", (name, { groups: may, fresh }) => {
  test.each(groups)("asked by one who is only in the group %s", async (group) => {
    const { status, effects } = await ask(name, await pool.token({ username: "ada", "cognito:groups": [group] }));
    if (may.includes(group)) expect(status).toBeLessThan(300);
    else expect({ status, effects }).toEqual({ status: 403, effects: [] });
  });

  test("asked by one who is in no group", async () => {
    expect(await ask(name, await pool.token({ "cognito:groups": undefined }))).toEqual({ status: 403, effects: [] });
  });

  test("asked by nobody", async () => {
    expect(await ask(name, undefined)).toEqual({ status: 401, effects: [] });
  });

  test(fresh ? "needs a login of the last 15 minutes, which a refresh does not renew" : "does not need a new login", async () => {
    const token = await pool.token();
    trial.clock.now = new Date(loginTime.getTime() + 15 * 60_000);
    expect((await ask(name, token)).status).toBeLessThan(300);
    trial.clock.now = new Date(loginTime.getTime() + 16 * 60_000);
    const later = await ask(name, token);
    if (fresh) expect(later).toEqual({ status: 403, effects: [] });
    else expect(later.status).toBeLessThan(300);
    trial.clock.now = loginTime;
  });
});

test("who asked for a promotion may take it back without being an approver", async () => {
  const bob = await pool.token({ username: "bob", "cognito:groups": ["scientist"] });
  expect(await ask("POST /promotions/:id/rejection", bob)).toMatchObject({
    status: 200,
    effects: ["bob: reject falcon-7", "driver: wake falcon"],
  });
});

test("what people ask for is done in their name, and the driver looks at once", async () => {
  const { effects } = await ask("POST /promotions", await pool.token());
  expect(effects).toEqual(["ada: promote falcon 3", "driver: wake falcon"]);
});

test("README.md shows the table", () => {
  const documented = readFileSync(new URL("README.md", import.meta.url), "utf8");
  for (const { method, path, groups: may, freshLogin } of routes) {
    const who = may.length === groups.length ? "any" : may.join(", ");
    expect(documented).toContain(`| \`${method} ${path}\` | ${who}${freshLogin ? ", login of the last 15 minutes" : ""} |`);
  }
});
