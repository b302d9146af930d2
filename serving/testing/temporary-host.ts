import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { vi } from "vitest";
import { systemClock } from "../endpoint-host/clock.ts";
import { type Host, startHost } from "../endpoint-host/host.ts";
import { containersFolder, processFile } from "../endpoint-host/left-behind.ts";
import { type ProcessRecord, processRecordSchema } from "../endpoint-host/process-record.ts";
import { EndpointDriver } from "./endpoint-driver.ts";

/** A host in a temporary folder on a free port, and a driver for it. */
export class TemporaryHost {
  readonly directory: string;
  readonly awsEndpointUrl: string;
  readonly #instanceLimit: number;
  driver: EndpointDriver;
  #host: Host | undefined;

  private constructor(directory: string, awsEndpointUrl: string, instanceLimit: number, host: Host) {
    this.#instanceLimit = instanceLimit;
    this.directory = directory;
    this.awsEndpointUrl = awsEndpointUrl;
    this.#host = host;
    this.driver = new EndpointDriver(host.url);
  }

  static async start(awsEndpointUrl: string, instanceLimit = 64): Promise<TemporaryHost> {
    const directory = await mkdtemp(join(tmpdir(), "falconry-host-"));
    return new TemporaryHost(directory, awsEndpointUrl, instanceLimit, await start(directory, awsEndpointUrl, instanceLimit));
  }

  get url(): string {
    if (this.#host === undefined) throw new Error("the host is paused");
    return this.#host.url;
  }

  /** Stops the host; its folder stays. */
  async pause(): Promise<void> {
    this.driver.close();
    await this.#host?.close();
    this.#host = undefined;
  }

  /** Stops the host and starts another in its folder. */
  async restart(): Promise<void> {
    await this.pause();
    this.#host = await start(this.directory, this.awsEndpointUrl, this.#instanceLimit);
    this.driver = new EndpointDriver(this.#host.url);
  }

  /** Processes of an endpoint's containers, as many as it should have. */
  containers(endpoint: string, count: number): Promise<ProcessRecord[]> {
    const folder = join(this.directory, containersFolder);
    return vi.waitFor(
      async () => {
        const ids = (await readdir(folder)).filter((id) => id.startsWith(`${endpoint}-`)).sort();
        if (ids.length !== count) throw new Error(`${endpoint} has the containers ${ids.join(", ")}`);
        return Promise.all(
          ids.map(async (id) => processRecordSchema.parse(JSON.parse(await readFile(join(folder, id, processFile), "utf8")))),
        );
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  async close(): Promise<void> {
    await this.pause();
    await rm(this.directory, { recursive: true });
  }
}

function start(directory: string, awsEndpointUrl: string, instanceLimit: number): Promise<Host> {
  const log = pino({ enabled: false });
  return startHost({ port: 0, directory, awsEndpointUrl, region: "us-east-1", startupSeconds: 60, instanceLimit, clock: systemClock, log });
}
