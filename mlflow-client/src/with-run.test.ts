import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs, { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { MlflowClient, type MlflowClientOptions } from "./index.ts";
import { type RememberedRun, type RememberingServer, rememberingServer } from "./remembering-server.ts";
import { answers } from "./scripted-server.ts";

// Processes are started, and files written by the thousand lines: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let server: RememberingServer;
let client: MlflowClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "mlflow-client-test-"));
  server = await rememberingServer();
  client = clientOf();
  return async () => {
    rmSync(folder, { recursive: true });
    await server[Symbol.asyncDispose]();
  };
});

test("what the body logs is there when withRun returns what the body returned", async () => {
  const returned = await client.withRun({ experimentId: "1", runName: "logistic", params: { C: 0.1 } }, async (run) => {
    run.metric("loss", 0.9, { step: 1 });
    run.metric("loss", 0.5, { step: 2 });
    run.tag("seed", "7");
    return "trained";
  });
  expect(returned).toBe("trained");
  expect(onlyRun()).toMatchObject({ status: "FINISHED", params: { C: "0.1" }, tags: { seed: "7" } });
  expect(valuesOf(onlyRun(), "loss")).toEqual([0.9, 0.5]);
});

test("a run that never began leaves nothing on disk", async () => {
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  await server[Symbol.asyncDispose]();
  const begun = clientOf({ attempts: 1 }).withRun({ experimentId: "1" }, async () => {});
  await expect(begun).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(readdirSync(folder)).toEqual([]);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  "the system is not measured every %d seconds, and no run begins",
  async (systemMetricsSeconds) => {
    await expect(client.withRun({ experimentId: "1", systemMetricsSeconds }, async () => {})).rejects.toThrow(RangeError);
    expect(server.seen).toEqual([]);
  },
);

test("a long loop that never waits is sent whole, in batches as large as the server takes", async () => {
  await client.withRun({ experimentId: "1" }, async (run) => {
    for (let step = 0; step < 10_000; step++) run.metric("loss", step, { step });
  });
  expect(valuesOf(onlyRun(), "loss")).toHaveLength(10_000);
  expect(server.seen.filter(({ url }) => url.endsWith("log-batch")).length).toBeLessThanOrEqual(12);
});

test("as many points as one request may hold are one request", async () => {
  await client.withRun({ experimentId: "1" }, async (run) => {
    for (let step = 0; step < 1000; step++) run.metric("loss", 1 / (step + 1), { step });
  });
  expect(server.seen.filter(({ url }) => url.endsWith("log-batch"))).toHaveLength(1);
});

test("a metric is sent in the background while the body waits for something else", async () => {
  await client.withRun({ experimentId: "1" }, async (run) => {
    run.metric("loss", 0.5);
    await expect.poll(() => valuesOf(onlyRun(), "loss"), { timeout: 10_000 }).toEqual([0.5]);
  });
});

test("a body that throws makes the run FAILED, with the error in a tag, and withRun throws the error itself", async () => {
  const error = new RangeError("the loss is NaN", { cause: new Error("step 7") });
  await expect(
    client.withRun({ experimentId: "1" }, async (run) => {
      run.metric("loss", Number.NaN, { step: 7 });
      throw error;
    }),
  ).rejects.toBe(error);
  expect(onlyRun()).toMatchObject({ status: "FAILED", tags: { error: expect.stringMatching(/RangeError: the loss is NaN.*step 7/s) } });
  expect(valuesOf(onlyRun(), "loss")).toEqual(["NaN"]);
});

describe("points and lost answers", () => {
  const log = async () => {
    await client.withRun({ experimentId: "1" }, async (run) => {
      for (let step = 0; step < 3; step++) run.metric("loss", step, { step });
    });
  };

  test("a batch whose answer is swallowed is sent again with the same bytes, and no point is there twice", async () => {
    server.loseAnswer("log-batch");
    await log();
    const [first, second] = server.seen.filter(({ url }) => url.endsWith("log-batch"));
    expect(second?.body).toBe(first?.body);
    expect(valuesOf(onlyRun(), "loss")).toEqual([0, 1, 2]);
  });

  test("stamping it anew would double them", async () => {
    const restamping: typeof fetch = (url, init) => {
      const body = String(init?.body).replaceAll(/"timestamp":\d+/g, () => `"timestamp":${++time}`);
      return fetch(url, String(url).endsWith("log-batch") ? { ...init, body } : init);
    };
    let time = 1;
    client = clientOf({ fetch: restamping });
    server.loseAnswer("log-batch");
    await log();
    expect(valuesOf(onlyRun(), "loss")).toEqual([0, 1, 2, 0, 1, 2]);
  });
});

test("a server that is away in mid-run is waited for: one warning, nothing lost", async () => {
  const warnings: string[] = [];
  client = clientOf({ attempts: 1, warn: (message) => warnings.push(message) });
  await client.withRun({ experimentId: "1" }, async (run) => {
    run.metric("loss", 0.9);
    await run.flush();
    server.next("log-batch", Array(20).fill(answers(503, "starting")));
    run.metric("loss", 0.5);
    await run.flush();
  });
  expect(valuesOf(onlyRun(), "loss")).toEqual([0.9, 0.5]);
  expect(warnings).toEqual([expect.stringMatching(/^run \w+: status 503: starting; what is logged waits in .*\.journal$/)]);
});

test("a file is waited for, too", async () => {
  client = clientOf({ attempts: 1 });
  server.next("artifacts/notes.txt", Array(20).fill(answers(503, "starting")));
  await client.withRun({ experimentId: "1" }, (run) => run.artifact("notes.txt", "C = 0.1"));
  expect(server.seen.filter(({ url }) => url.endsWith("artifacts/notes.txt"))).toHaveLength(21);
});

test("on a full disk the call that cannot be kept throws, and everything before it is sent", async () => {
  const warnings: string[] = [];
  client = clientOf({ warn: (message) => warnings.push(message) });
  const ended = client.withRun({ experimentId: "1" }, async (run) => {
    run.metric("loss", 0.9, { step: 1 });
    fillTheDisk();
    run.metric("loss", 0.5, { step: 2 });
  });
  await expect(ended).rejects.toMatchObject({ code: "ENOSPC" });
  expect(valuesOf(onlyRun(), "loss")).toEqual([0.9]);
  expect(onlyRun().status).toBe("FAILED");
  expect(warnings).toEqual(Array(2).fill(expect.stringContaining("ENOSPC")));
});

test("on a disk that is full from the start no run begins, and no journal is left that holds none", async () => {
  fillTheDisk({ headersToo: true });
  const begun = client.withRun({ experimentId: "1", journal: folder }, async () => {});
  await expect(begun).rejects.toMatchObject({ code: "ENOSPC" });
  expect(onlyRun().status).toBe("FAILED");
  expect(readdirSync(folder)).toEqual([]);
});

describe("what could not be sent is said", () => {
  test("by its name where the server refuses it; the rest of its batch is sent", async () => {
    server.refuse("bad key");
    await expect(
      client.withRun({ experimentId: "1" }, async (run) => {
        for (let step = 0; step < 100; step++) run.metric(step === 40 ? "bad key" : "loss", step, { step });
      }),
    ).rejects.toMatchObject({ code: "UNSENT", message: expect.stringContaining('not sent: metric "bad key" (Invalid key "bad key")') });
    expect(onlyRun().status).toBe("FINISHED");
    expect(valuesOf(onlyRun(), "loss")).toHaveLength(99);
  });

  test("with the number that waits where the server stays away, and a later process sends it", async () => {
    const options = { experimentId: "1", journal: folder, patienceSeconds: 0 };
    const ended = client.withRun(options, async (run) => {
      await server[Symbol.asyncDispose]();
      run.metrics({ loss: 0.5, accuracy: 0.8 });
      run.tag("seed", "7");
    });
    await expect(ended).rejects.toMatchObject({
      code: "UNSENT",
      message: expect.stringMatching(/not sent: 2 metrics, 1 tags, the run's end, waiting in .*\.journal \(MLflow at .* cannot be reached/),
    });
    server = await server.restarted();
    expect(await client.recover(folder)).toEqual([onlyRun().runId]);
    expect(onlyRun()).toMatchObject({ status: "FINISHED", tags: { seed: "7" } });
    expect(valuesOf(onlyRun(), "loss")).toEqual([0.5]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("as a warning where the body throws as well", async () => {
    const warnings: string[] = [];
    client = clientOf({ warn: (message) => warnings.push(message) });
    server.refuse("bad key");
    const ended = client.withRun({ experimentId: "1" }, async (run) => {
      run.metric("bad key", 1);
      throw new Error("out of memory");
    });
    await expect(ended).rejects.toThrow("out of memory");
    expect(warnings).toEqual([expect.stringContaining('metric "bad key"')]);
  });

  test("a run that takes nothing any more is not asked a thousand times", async () => {
    server.refuse("");
    const ended = client.withRun({ experimentId: "1", patienceSeconds: 0 }, async (run) => {
      for (let step = 0; step < 1000; step++) run.metric("loss", step, { step });
    });
    await expect(ended).rejects.toMatchObject({ code: "UNSENT" });
    expect(server.seen.length).toBeLessThan(60);
  });
});

describe("a run", () => {
  test("keeps a param's first value", async () => {
    const ended = client.withRun({ experimentId: "1", params: { C: 0.1 } }, async (run) => {
      run.param("C", "0.1");
      run.param("C", 1);
    });
    await expect(ended).rejects.toMatchObject({ code: "PARAM_CHANGED", message: expect.stringContaining('"C" is "0.1"') });
  });

  test("that has ended takes nothing", async () => {
    const run = await client.withRun({ experimentId: "1" }, async (run) => run);
    expect(() => run.metric("loss", 1)).toThrow("has ended");
  });

  test("goes on under its id, after what an earlier process has left", async () => {
    const stopped = client.withRun({ experimentId: "1", journal: folder, patienceSeconds: 0 }, async (run) => {
      run.metric("loss", 0.9, { step: 1 });
      server.next("log-batch", [answers(503, "")]);
      throw new Error("no more");
    });
    await expect(stopped).rejects.toThrow("no more");
    const { runId } = onlyRun();
    await client.withRun({ runId, journal: folder }, async (run) => run.metric("loss", 0.5, { step: 2 }));
    expect(valuesOf(onlyRun(), "loss")).toEqual([0.9, 0.5]);
    expect(onlyRun().status).toBe("FINISHED");
  });

  test("that cannot have a journal is FAILED, and its body never runs", async () => {
    writeFileSync(join(folder, "run1.journal"), "somebody else's");
    const body = vi.fn(async () => {});
    await expect(client.withRun({ experimentId: "1", journal: folder }, body)).rejects.toMatchObject({ code: "EEXIST" });
    expect(body).not.toHaveBeenCalled();
    expect(onlyRun().status).toBe("FAILED");
  });

  test("does not go on twice at once", async () => {
    await client.withRun({ experimentId: "1", journal: folder }, async (run) => {
      await expect(client.withRun({ runId: run.runId, journal: folder }, async () => {})).rejects.toMatchObject({ code: "RUN_IN_USE" });
      expect(await client.recover(folder)).toEqual([]);
    });
  });
});

test("system metrics are logged on request, under MLflow's names", async () => {
  await client.withRun({ experimentId: "1", systemMetricsSeconds: 1000 }, async () => {});
  const keys = onlyRun().metrics.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(["system/cpu_utilization_percentage", "system/system_memory_usage_megabytes"]));
  expect(valuesOf(onlyRun(), "system/process_memory_megabytes")[0]).toBeGreaterThan(10);
});

describe("a process of its own", () => {
  test.for(["SIGINT", "SIGTERM"] as const)(
    "that gets %s ends its run as KILLED with all that was logged, and dies by the signal",
    async (signal) => {
      const child = await loggingProcess();
      child.kill(signal);
      expect(await once(child, "exit")).toEqual([null, signal]);
      expect(onlyRun().status).toBe("KILLED");
      expect(valuesOf(onlyRun(), "loss")).toHaveLength(5000);
    },
  );

  test("that is killed outright leaves a journal, from which the next one sends every point once and ends the run as KILLED", async () => {
    server.next("log-batch", [undefined, undefined, answers(503, "")]);
    const child = await loggingProcess();
    child.kill("SIGKILL");
    await once(child, "exit");
    writeFileSync(join(folder, "0.journal"), "");
    expect(await client.recover(folder)).toEqual([onlyRun().runId]);
    expect(onlyRun().status).toBe("KILLED");
    expect(valuesOf(onlyRun(), "loss")).toEqual(Array.from({ length: 5000 }, (_, step) => step));
  });
});

/** Until the test ends. */
function fillTheDisk({ headersToo = false } = {}): void {
  const { writeSync } = fs;
  const writing = vi.spyOn(fs, "writeSync").mockImplementation(((...args: Parameters<typeof writeSync>) => {
    // A header is written over itself, which takes no new space.
    if (typeof args[1] === "string" && !headersToo) return writeSync(...args);
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  }) as typeof writeSync);
  syncBuiltinESMExports();
  onTestFinished(() => {
    writing.mockRestore();
    syncBuiltinESMExports();
  });
}

/** Has logged 5,000 points, and waits. */
async function loggingProcess(): Promise<ChildProcess> {
  const program = `
    import { MlflowClient } from "${join(import.meta.dirname, "index.ts")}";
    const client = new MlflowClient({ trackingUri: "${server.url}" });
    await client.withRun({ experimentId: "1", journal: "${folder}" }, async (run) => {
      for (let step = 0; step < 5000; step++) run.metric("loss", step, { step });
      console.log("logged");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

function clientOf(options: Partial<MlflowClientOptions> = {}): MlflowClient {
  return new MlflowClient({ trackingUri: server.url, sleep: async () => {}, ...options });
}

function onlyRun(): RememberedRun {
  const [run, ...others] = server.runs;
  if (run === undefined || others.length > 0) throw new Error(`${server.runs.length} runs`);
  return run;
}

function valuesOf({ metrics }: RememberedRun, key: string) {
  return metrics.filter((metric) => metric.key === key).map(({ value }) => value);
}
