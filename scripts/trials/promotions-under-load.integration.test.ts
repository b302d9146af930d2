import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DescribeEndpointCommand } from "@aws-sdk/client-sagemaker";
import { FalconryError } from "@falconry/environment/error.ts";
import { processTable, startVariables } from "@falconry/environment/process-table.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import { describeEndpoint } from "@falconry/registry/endpoint/describe.ts";
import { type Registry, registryOf } from "@falconry/registry/registry.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assassinate, diedInContainer, type Kill, victims } from "./assassin.ts";
import { atRest } from "./at-rest.ts";
import { cannonade } from "./cannonade.ts";
import { type FalconRegion, falcon, inState, openFalconRegion } from "./falcon-region.ts";
import { failures, type Traffic, versionsSince } from "./traffic.ts";

const { FALCONRY_PROMOTIONS, FALCONRY_SEED } = process.env;
const operations = Number(FALCONRY_PROMOTIONS ?? 2);
const seed = Number(FALCONRY_SEED ?? 20261121);

const connections = 32;
const MINUTE = 60_000;
const askAgainMilliseconds = 200;
/** Within which the kill comes after an operation was asked for: a promotion with its canary takes some 15 s, a rollback some 2 s. */
const killWithinMilliseconds = { promotion: 15_000, rollback: 2_000 };

const random = seededRandom(seed);
const kills: Kill[] = [];
let region: FalconRegion;
/** Reads the ledger past the control plane, which may be dead. */
let onlooker: Registry;
let traffic: Traffic;
let closed = false;

beforeAll(async () => {
  process.stderr.write(`promotions under load: ${operations} operations, FALCONRY_SEED=${seed}\n`);
  region = await openFalconRegion();
  onlooker = registryOf(region.environment, { actor: "onlooker", now: () => new Date() });
  await region.falconry("login", "operator");
  traffic = cannonade({ ...region.requests, connections });
});

afterAll(async () => {
  await traffic?.stop();
  if (!closed) await region?.close();
});

test(
  `${operations} promotions and rollbacks under load, each with a SIGKILL at a moment that seed ${seed} draws: no other request fails`,
  async () => {
    const told: string[] = [];
    for (let operation = 0; operation < operations; operation += 1) {
      const kind = operation % 2 === 0 ? "promotion" : "rollback";
      const watcher = spawn(join(checkoutFolder, "cli", "falconry"), ["watch", falcon], {
        env: { ...process.env, FALCONRY_DIRECTORY: region.folder },
        stdio: "ignore",
      });
      const victim = victims[Math.floor(random() * victims.length)] ?? "container";
      const delay = random() * killWithinMilliseconds[kind];
      await Promise.all([kind === "promotion" ? promoteAnother() : rollBack(), strike(victim, delay, watcher)]);
      const { champion } = await atRest(await region.as("operator"));
      await whole();
      watcher.kill("SIGKILL");
      told.push(`${kind}, ${victim} killed after ${Math.round(delay)} ms: version ${champion?.version} is live`);
      process.stderr.write(`  ${told.at(-1)}\n`);
    }
    const unforgiven = failures(traffic).filter((outcome) => !diedInContainer(outcome, kills));
    const forgiven = failures(traffic).length - unforgiven.length;
    process.stderr.write(
      `  ${traffic.outcomes.length} requests, ${forgiven} of them in flight in a killed container, ${unforgiven.length} failed\n`,
    );
    expect(unforgiven.slice(0, 10), `kills: ${JSON.stringify(kills)}`).toEqual([]);
  },
  (1 + operations) * MINUTE,
);

test("one champion is left: the one that ledger, registry and endpoint name, and the only one that answers", async () => {
  const { environment, endpoint } = region;
  const now = performance.now();
  const [status] = (await onlooker.status(falcon)).workloads;
  expect(status).toMatchObject({ state: "live", agrees: true, differences: [] });
  const { events } = await onlooker.history(falcon);
  const last = events.findLast(({ type }) => type === "live" || type === "rolled-back");
  expect(last).toMatchObject({ version: status?.champion?.version });
  expect(await describeEndpoint(environment.sagemaker, endpoint)).toMatchObject({
    status: "InService",
    config: last && "config" in last && last.config,
  });
  expect(await environment.mlflow.modelVersions.getByAlias(falcon, "champion")).toMatchObject({ version: status?.champion?.version });
  await pause(1_000);
  expect(versionsSince(traffic, now)).toEqual([status?.champion?.version]);
});

test("the audit trail is whole", async () => {
  await onlooker.verifyAudit(falcon);
});

test("and no process is left when the region is down", async () => {
  await traffic.stop();
  await region.close();
  closed = true;
  const left = (await processTable()).filter(({ pid }) => startVariables(pid).some((variable) => variable.includes(region.folder)));
  expect(left).toEqual([]);
});

/** Until the endpoint has all of its instances again: whoever kills the last one of them proves nothing. */
async function whole(): Promise<void> {
  for (;;) {
    const { ProductionVariants = [] } = await region.environment.sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: region.endpoint }),
    );
    if (ProductionVariants.every(({ CurrentInstanceCount, DesiredInstanceCount }) => CurrentInstanceCount === DesiredInstanceCount)) return;
    await pause(askAgainMilliseconds);
  }
}

/** A dead control plane is started again, as a supervisor would. */
async function strike(
  victim: (typeof victims)[number],
  afterMilliseconds: number,
  watcher: Parameters<typeof assassinate>[3],
): Promise<void> {
  await pause(afterMilliseconds);
  kills.push(await assassinate(region, victim, random, watcher));
  if (victim === "control plane") await region.falconry("local", "up");
}

/** Somebody has another version of the same model promoted, and does not give up while the control plane is being started again. */
async function promoteAnother(): Promise<void> {
  const version = await region.registerAlike();
  await persistently(async () => (await region.as("scientist")).promote(falcon, version), ["registry.promotion-in-flight"]);
  const { events } = await onlooker.history(falcon);
  const asked = events.find((event) => event.type === "requested" && event.version === version);
  if (asked === undefined) throw new Error(`nobody asked for version ${version}`);
  await inState(onlooker, asked.promotion, "awaiting-approval");
  const approve = async () => (await region.as("approver")).approve(asked.promotion, "as good on the same rows");
  await persistently(approve, ["registry.wrong-state"]);
}

/** There may be nothing to go back to, where no promotion before got through. */
async function rollBack(): Promise<void> {
  const rollback = async () => (await region.as("operator")).rollback(falcon, { reason: "trying the way back" });
  await persistently(rollback, ["registry.nothing-to-roll-back-to"]);
}

/**
 * Asks until there is an answer.
 *
 * @param settled codes of refusals that end it too: what was asked for before the control plane died had been recorded
 */
async function persistently(ask: () => Promise<unknown>, settled: string[]): Promise<void> {
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (!(error instanceof FalconryError)) throw error;
      if (settled.includes(error.code)) return;
      if (error.code !== "control-plane.unreachable") throw error;
      await pause(askAgainMilliseconds);
    }
  }
}
