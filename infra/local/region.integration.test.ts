import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DeleteAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import {
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { localCredentials, openEnvironment } from "@falconry/environment/environment.ts";
import { processTable } from "@falconry/environment/process-table.ts";
import { regionFolder } from "@falconry/environment/region-folder.ts";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { down } from "./down.ts";
import { logs } from "./logs.ts";
import { isPortFree } from "./processes/ports.ts";
import { processesOf } from "./processes/service-processes.ts";
import type { ServiceName } from "./services/service.ts";
import { type RegionStatus, status } from "./status.ts";
import { up } from "./up.ts";

/** The tests are one story of one region, in order: each start of MLflow takes seconds. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "falconry-region-"));
  vi.stubEnv("AWS_PROFILE", "of-the-user");
  vi.stubEnv("AWS_SESSION_TOKEN", "of-the-user");
});
afterAll(async () => {
  await down({ folder });
  await rm(folder, { recursive: true, force: true });
});

test("an up that was killed half way is finished by the next", async () => {
  await killWhen("mlflow: starting");
  const region = await up({ folder });
  expect(region.services.map(({ name, healthy }) => [name, healthy])).toEqual([
    ["ministack", true],
    ["mlflow", true],
    ["endpoint-host", true],
    ["control-plane", true],
  ]);
  expect(region.resources.orphans).toEqual([]);
});

test("again, it starts nothing and changes nothing, also when two ask at once", async () => {
  const before = await status({ folder });
  const [one, other] = await Promise.all([up({ folder }), up({ folder })]);
  for (const { resources, ...region } of [one, other]) {
    expect(region).toEqual(before);
    expect(resources).toMatchObject({ created: [], updated: [] });
  }
});

test("the services see nothing of the user's AWS settings", async () => {
  for (const { pid } of await regionProcesses()) {
    expect(await readFile(`/proc/${pid}/environ`, "utf8")).not.toContain("of-the-user");
  }
});

test("the services listen on loopback only", async () => {
  const { services } = await status({ folder });
  const listening = await listeners();
  for (const { url } of services) expect(listening.get(Number(new URL(url).port))).toEqual(["0100007F"]);
});

test("MLflow answers nobody who takes it for another host: a page of another site cannot read it through a name that leads here", async () => {
  const { services } = await status({ folder });
  const url = services.find(({ name }) => name === "mlflow")?.url ?? "";
  const answer = async (host: string) => {
    const [response] = await once(get(`${url}/api/2.0/mlflow/experiments/get?experiment_id=0`, { headers: { host } }), "response");
    return response.resume().statusCode;
  };
  expect([await answer(new URL(url).host), await answer("elsewhere.example")]).toEqual([200, 403]);
});

test("MLflow keeps its artifacts in the region's own bucket", async () => {
  const environment = await openEnvironment("local", folder);
  await fetch(`${environment.descriptor.tracking.uri}/api/2.0/mlflow-artifacts/artifacts/probe.txt`, { method: "PUT", body: "here" });
  const stored = await environment.s3.send(
    new HeadObjectCommand({ Bucket: environment.descriptor.lake.artifacts, Key: "mlflow/probe.txt" }),
  );
  expect(stored.ContentLength).toBe(4);
  await environment.mlflow.experiments.getOrCreate("outlives-its-server");
});

test("people's credentials are theirs alone to read, and the control plane knows each by password and authenticator's code", async () => {
  expect((await stat(join(folder, "users.json"))).mode & 0o777).toBe(0o600);
  const people = await users();
  expect(people.map(({ name }) => name).sort()).toEqual(["approver", "operator", "scientist"]);
  for (const person of people) {
    const token = await logIn(person);
    expect(claims(token)["cognito:groups"]).toEqual([person.name]);
    expect((await askControlPlane(token)).status).toBe(200);
  }
  expect((await askControlPlane("no token")).status).toBe(401);
});

test("a person whose credentials are lost gets new ones; everybody else keeps theirs", async () => {
  const before = await users();
  const kept = before.filter(({ name }) => name !== "operator");
  await writeFile(join(folder, "users.json"), JSON.stringify({ users: kept }), { mode: 0o600 });
  await up({ folder });

  const after = await users();
  expect(after).toEqual(expect.arrayContaining(kept));
  const operator = after.find(({ name }) => name === "operator");
  expect(before).not.toContainEqual(operator);
  if (operator) expect((await askControlPlane(await logIn(operator))).status).toBe(200);
});

test("the control plane starts again when the region is not what it knew, and only then", async () => {
  const before = await status({ folder });
  const { cloudwatch, descriptor } = await openEnvironment("local", folder);
  const alarm = descriptor.endpoints.falcon?.alarms.silent ?? "";
  await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [alarm] }));
  const after = await up({ folder });
  expect(after.resources.created).toEqual([expect.stringContaining("falcon-silent")]);
  expect(pidOf(after, "control-plane")).not.toBe(pidOf(before, "control-plane"));
  expect(pidOf(await up({ folder }), "control-plane")).toBe(pidOf(after, "control-plane"));
});

test("two regions in two folders do not meet", async () => {
  const [ours, other] = [await status({ folder }), await status({ folder: regionFolder() })];
  expect(other.directory).not.toBe(ours.directory);
  const shared = new Set(other.services.flatMap(({ url, pid }) => [url, pid]));
  for (const { url, pid } of ours.services) expect([shared.has(url), shared.has(pid)]).toEqual([false, false]);
});

test("a region that is reached through a link is the same region", async () => {
  const link = `${folder}-link`;
  await symlink(folder, link);
  expect(await status({ folder: link })).toEqual(await status({ folder }));
  await rm(link);
});

test("up starts again what was killed, with all that it left behind, and nothing else", async () => {
  const before = await status({ folder });
  kill(before, "mlflow");
  kill(before, "endpoint-host");
  kill(before, "control-plane");
  await expect.poll(async () => healthyServices(await status({ folder }))).toEqual(["ministack"]);

  const after = await up({ folder });
  expect(healthyServices(after)).toEqual(["ministack", "mlflow", "endpoint-host", "control-plane"]);
  expect(pidOf(after, "ministack")).toBe(pidOf(before, "ministack"));
  expect(pidOf(after, "mlflow")).not.toBe(pidOf(before, "mlflow"));
});

test("a kill of the emulator loses no more than the last second: the ledger is saved all the time", async () => {
  const { dynamodb, descriptor } = await openEnvironment("local", folder);
  const Key = { endpoint: { S: "kept" }, sequence: { N: "1" } };
  await dynamodb.send(new PutItemCommand({ TableName: descriptor.tables.ledger, Item: Key }));
  await expect.poll(() => readFile(join(folder, "aws", "state", "dynamodb.json"), "utf8"), { timeout: 10_000 }).toContain("kept");
  kill(await status({ folder }), "ministack");

  expect(await up({ folder })).toMatchObject({ resources: { created: [], updated: [] } });
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: descriptor.tables.ledger, Key }));
  expect(Item).toEqual(Key);
});

test("down leaves no process and no open port", async () => {
  const { services } = await status({ folder });
  const group = new Set(services.map(({ pid }) => pid));
  const workers = (await processTable()).filter((process) => group.has(process.group)).map(({ pid }) => pid);
  expect(workers.length).toBeGreaterThan(services.length); // containers, and MLflow's worker

  const { stopped } = await down({ folder });
  expect(stopped).toBeGreaterThanOrEqual(services.length);
  const left = new Set((await processTable()).map(({ pid }) => pid));
  expect(workers.filter((pid) => left.has(pid))).toEqual([]);
  for (const { url } of services) expect(await isPortFree(Number(new URL(url).port))).toBe(true);
  expect(healthyServices(await status({ folder }))).toEqual([]);
  expect(await down({ folder })).toMatchObject({ stopped: 0 });
});

test("a port that somebody took meanwhile is named, with who holds it", async () => {
  const { trackingUri } = await status({ folder });
  const port = Number(new URL(trackingUri).port);
  const intruder = createServer().listen(port, "127.0.0.1");
  await once(intruder, "listening");
  await expect(up({ folder })).rejects.toMatchObject({
    code: "local.port-taken",
    message: expect.stringMatching(new RegExp(`port ${port}, .* by .* \\(pid ${process.pid}\\)`)),
  });
  intruder.close();
  await once(intruder, "close");
});

test("the state survives down and up, on the same ports", async () => {
  const before = await status({ folder });
  const { resources, ...after } = await up({ folder });
  expect(after.services.map(({ url }) => url)).toEqual(before.services.map(({ url }) => url));
  expect(resources).toMatchObject({ created: [], updated: [] });
  const environment = await openEnvironment("local", folder);
  expect(await environment.mlflow.experiments.getByName("outlives-its-server")).toBeDefined();
});

test("logs give the end of each service's log, or of one", async () => {
  const all = await logs({ folder, lines: 2 });
  expect(all.services.map(({ name }) => name)).toEqual(["ministack", "mlflow", "endpoint-host", "control-plane"]);
  const one = await logs({ folder, service: "mlflow", lines: 2 });
  expect(one.services).toMatchObject([{ name: "mlflow", lines: [expect.any(String), expect.any(String)] }]);
});

async function users(): Promise<{ name: string; password: string; totpSecret: string }[]> {
  return JSON.parse(await readFile(join(folder, "users.json"), "utf8")).users;
}

/** @returns an access token */
async function logIn({ name, password, totpSecret }: { name: string; password: string; totpSecret: string }): Promise<string> {
  const { identity, region, services } = (await openEnvironment("local", folder)).descriptor;
  const cognito = new CognitoIdentityProviderClient({ region, endpoint: services.awsEndpointUrl, credentials: localCredentials });
  const { ChallengeName, Session } = await cognito.send(
    new InitiateAuthCommand({
      ClientId: identity.client,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: name, PASSWORD: password },
    }),
  );
  expect(ChallengeName).toBe("SOFTWARE_TOKEN_MFA");
  const code = new TOTP({ secret: Secret.fromBase32(totpSecret) }).generate();
  const { AuthenticationResult } = await cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId: identity.client,
      ChallengeName,
      Session,
      ChallengeResponses: { USERNAME: name, SOFTWARE_TOKEN_MFA_CODE: code },
    }),
  );
  return AuthenticationResult?.AccessToken ?? "";
}

function claims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

async function askControlPlane(token: string): Promise<Response> {
  const { controlPlaneUrl } = await status({ folder });
  return fetch(`${controlPlaneUrl}/status`, { headers: { authorization: `Bearer ${token}` } });
}

/** Starts an `up` in a process of its own and kills it with -9 at a line of its progress. */
async function killWhen(line: string): Promise<void> {
  const program = join(import.meta.dirname, "killable-up.fixture.ts");
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const said of createInterface(child.stdout)) {
    if (said.startsWith(line)) child.kill("SIGKILL");
  }
}

function kill(region: RegionStatus, service: ServiceName): void {
  process.kill(pidOf(region, service), "SIGKILL");
}

function pidOf({ services }: RegionStatus, service: ServiceName): number {
  const pid = services.find(({ name }) => name === service)?.pid;
  if (typeof pid !== "number") throw new Error(`${service} does not run`);
  return pid;
}

function healthyServices({ services }: RegionStatus): string[] {
  return services.flatMap(({ name, healthy }) => (healthy ? [name] : []));
}

async function regionProcesses() {
  return processesOf(folder)(await processTable());
}

/** Addresses that are listened on, as /proc/net has them, by port. */
async function listeners(): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of (await readFile(table, "utf8")).trim().split("\n").slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      const [address, port] = local?.split(":") ?? [];
      if (state !== "0A" || address === undefined || port === undefined) continue;
      const key = Number.parseInt(port, 16);
      found.set(key, [...(found.get(key) ?? []), address]);
    }
  }
  return found;
}
