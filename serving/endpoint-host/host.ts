import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { S3Client } from "@aws-sdk/client-s3";
import { localCredentials } from "@falconry/environment/environment.ts";
import type { FastifyBaseLogger } from "fastify";
import writeFileAtomic from "write-file-atomic";
import { Account } from "./account.ts";
import type { Clock } from "./clock.ts";
import { endpointConfigOperations } from "./endpoint-config-operations.ts";
import { endpointOperations } from "./endpoint-operations.ts";
import { Hosting } from "./hosting.ts";
import { invoke } from "./invocation.ts";
import { Launcher } from "./launcher.ts";
import { stopLeftBehind } from "./left-behind.ts";
import { MetricCollector } from "./metrics/metric-collector.ts";
import { modelOperations } from "./model-operations.ts";
import { isRunning, processRecordSchema, recordProcess } from "./process-record.ts";
import { StateFile } from "./state.ts";
import { tagOperations } from "./tag-operations.ts";
import { wire } from "./wire.ts";

export interface HostOptions {
  /** Loopback port; 0 takes a free one. */
  port: number;
  /** The host's own folder: state.json, host.json, containers/. */
  directory: string;
  /** Where S3 and CloudWatch answer. */
  awsEndpointUrl: string;
  region: string;
  /** How long new containers may take until they are healthy, where their variant does not say. */
  startupSeconds: number;
  /** Instances that all endpoints together may run: each is a process of this machine. */
  instanceLimit: number;
  clock: Clock;
  log: FastifyBaseLogger;
}

export interface Host {
  url: string;
  /** Ends every container, then the host. State stays. */
  close(): Promise<void>;
}

/**
 * Starts a SageMaker endpoint host and brings back the endpoints of its folder.
 *
 * @throws Error where another host runs in the folder
 */
export async function startHost(options: HostOptions): Promise<Host> {
  const { port, directory, awsEndpointUrl, region, startupSeconds, instanceLimit, clock, log } = options;
  const file = await StateFile.open(directory);
  const leaveFolder = await takeFolder(directory);
  const leftBehind = await stopLeftBehind(directory, clock);
  if (leftBehind.length > 0) log.warn({ containers: leftBehind }, "stopped what a killed host left behind");
  const s3 = new S3Client({ region, endpoint: awsEndpointUrl, credentials: localCredentials, forcePathStyle: true });
  const cloudwatch = new CloudWatchClient({
    region,
    endpoint: awsEndpointUrl,
    credentials: localCredentials,
    // A CloudWatch that hangs must not hold up the return of the traffic.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
    maxAttempts: 2,
  });
  const account = new Account(region, file, clock, instanceLimit);
  const collector = new MetricCollector(cloudwatch, clock, log);
  const hosting = new Hosting(account, new Launcher(directory, s3, collector, clock), cloudwatch, log, startupSeconds);
  let restored = false;
  const app = wire({
    operations: {
      ...modelOperations(account),
      ...endpointConfigOperations(account),
      ...endpointOperations(account, hosting, cloudwatch),
      ...tagOperations(account),
    },
    invoke: (name, headers, body) => invoke(account, hosting, name, headers, body),
    restored: () => restored,
    log,
  });
  const listening = await app.listen({ host: "127.0.0.1", port });
  await hosting.restore();
  restored = true;
  return {
    url: listening,
    async close() {
      await app.close();
      await hosting.close();
      await collector.close();
      s3.destroy();
      cloudwatch.destroy();
      await leaveFolder();
    },
  };
}

/** One host per folder: a second would stop the first one's containers. */
async function takeFolder(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, "host.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  const other = text === undefined ? undefined : processRecordSchema.parse(JSON.parse(text));
  if (other !== undefined && isRunning(other)) throw new Error(`a host runs in ${directory} already: process ${other.pid}`);
  await writeFileAtomic(file, JSON.stringify(recordProcess(process.pid)));
  return () => rm(file);
}
