import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTrial, type Trial } from "../trial.fixture.ts";
import { type ControlPlaneClient, controlPlane } from "./client.ts";
import { logIn, type TrialLogin } from "./log-in.fixture.ts";
import { type ControlPlane, openControlPlane } from "./open-control-plane.ts";

// Real tokens of the region's user pool, a real registry, a driver on the wall clock.

let trial: Trial;
let name: string;
let running: ControlPlane;
let url: string;
let logins: Record<"scientist" | "approver" | "operator", TrialLogin>;
const log: string[] = [];

beforeAll(async () => {
  trial = await openTrial();
  name = trial.workload.name;
  const { descriptor } = trial.environment;
  running = await openControlPlane(trial.environment, pino({}, { write: (line: string) => void log.push(line) }));
  url = await running.app.listen({ host: "127.0.0.1", port: 0 });
  running.driver.start();
  const [scientist, approver, operator] = await Promise.all(["scientist", "approver", "operator"].map((user) => logIn(descriptor, user)));
  if (!scientist || !approver || !operator) throw new Error("three users log in");
  logins = { scientist, approver, operator };
  await trial.register();
});
afterAll(async () => {
  await running?.close();
  await trial?.[Symbol.asyncDispose]();
});

const as = (user: keyof typeof logins): ControlPlaneClient => withToken(logins[user].accessToken);

function withToken(token: string): ControlPlaneClient {
  return controlPlane({ url, token: async () => token });
}

async function reached(id: string, state: string): Promise<void> {
  for (;;) {
    const report = await as("operator").promotion(id);
    if (report.state === state) return;
    if (["refused", "failed"].includes(report.state)) throw new Error(`${id} is ${report.state}: ${report.because}`);
    await sleep(100);
  }
}

describe("a promotion, by people who logged in with a code", () => {
  test("is asked for by the scientist; the driver runs the gates", async () => {
    expect(await as("scientist").promote(name, 1)).toMatchObject({ promotion: `${name}-1`, askedBy: "scientist", state: "requested" });
    await reached(`${name}-1`, "awaiting-approval");
  });

  test("is not approved by the scientist", async () => {
    await expect(as("scientist").approve(`${name}-1`, "mine")).rejects.toMatchObject({ code: "control-plane.not-allowed" });
    expect(await as("scientist").promotion(`${name}-1`)).toMatchObject({ state: "awaiting-approval" });
  });

  test("is approved by the approver, and goes live", async () => {
    expect(await as("approver").approve(`${name}-1`, "the first")).toMatchObject({ workload: name });
    await reached(`${name}-1`, "live");
    const { workloads } = await as("scientist").reconcile(name);
    expect(workloads).toMatchObject([{ name, state: "live", champion: { version: 1 }, agrees: true }]);
  });

  test("stands in the ledger with who did what", async () => {
    const { events } = await as("scientist").history(name);
    expect(events.map(({ type, actor }) => `${actor}: ${type}`)).toEqual(
      expect.arrayContaining(["scientist: requested", "control plane: gates-passed", "approver: approved", "control plane: live"]),
    );
  });

  test("that cannot be rolled back is refused with the registry's words", async () => {
    await expect(as("operator").rollback(name, { reason: "why not" })).rejects.toMatchObject({
      code: "registry.nothing-to-roll-back-to",
      exitCode: 3,
    });
  });
});

describe("a token of the pool", () => {
  test("that was refreshed is as good", async () => {
    expect(await withToken(await logins.scientist.refresh()).status(name)).toMatchObject({ workloads: [{ name }] });
  });

  test.each(["idToken", "refreshToken"] as const)("that is an %s opens nothing", async (kind) => {
    await expect(withToken(logins.operator[kind]).status(name)).rejects.toMatchObject({ code: "control-plane.token-refused" });
  });
});

test("what was refused stands in the audit trail, for the operator", async () => {
  await expect(as("scientist").refusals()).rejects.toMatchObject({ code: "control-plane.not-allowed" });
  const ours: string[] = [];
  for (let after = 0, more = true; more; ) {
    const page = await as("operator").refusals({ after, limit: 1_000 });
    ours.push(...page.refusals.filter(({ route }) => route.includes(name)).map(({ who, route, code }) => `${who} ${route} ${code}`));
    after = page.refusals.at(-1)?.sequence ?? after;
    more = page.more;
  }
  expect(ours).toEqual(
    expect.arrayContaining([
      `scientist /promotions/${name}-1/approval control-plane.not-allowed`,
      `operator /workloads/${name}/rollback registry.nothing-to-roll-back-to`,
    ]),
  );
});

test("no token stands in the log", () => {
  for (const { accessToken } of Object.values(logins)) expect(log.join("")).not.toContain(accessToken.slice(-40));
});
