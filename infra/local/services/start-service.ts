import { spawn } from "node:child_process";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Progress } from "@falconry/environment/progress.ts";
import { becomesHealthy } from "../health.ts";
import { isPortFree, portHolder } from "../processes/ports.ts";
import type { ProcessRecords } from "../processes/records.ts";
import { serviceVariable } from "../processes/service-processes.ts";
import { logFile, logTail } from "./log-file.ts";
import { ownVariables } from "./own-variables.ts";
import { healthUrl, type Service } from "./service.ts";

const START_WITHIN_SECONDS = 120;
const TAIL_LINES = 15;
/** A killed process gives its port back when the last of its threads has ended; until then nobody is seen to hold it. */
const RELEASE_WITHIN_SECONDS = 5;
const POLL_MILLISECONDS = 50;

/** A region that a command is changing. */
export interface RegionAtWork {
  /** Absolute path of the region's folder. */
  directory: string;
  records: ProcessRecords;
  progress: Progress;
}

/**
 * Starts a service in a process group of its own, which outlives this process, and waits until it is healthy.
 *
 * @throws FalconryError `local.service-died`
 */
export async function startService(service: Service, { directory, records, progress }: RegionAtWork): Promise<void> {
  const path = logFile(directory, service.name);
  await mkdir(dirname(path), { recursive: true });
  const log = await open(path, "a");
  try {
    const { size } = await log.stat();
    const child = spawn(service.command, service.arguments, {
      cwd: directory,
      detached: true,
      env: { ...ownVariables(directory), ...service.variables, [serviceVariable]: service.name },
      stdio: ["ignore", log.fd, log.fd],
    });
    child.unref();
    const ended = new AbortController();
    child.once("error", (error) => ended.abort(`could not be started: ${error.message}`));
    child.once("exit", (code, signal) => ended.abort(`ended with ${signal ?? `code ${code}`} while starting`));
    if (child.pid !== undefined) await records.remember(service.name, child.pid);
    progress(`${service.name}: starting on ${service.url}`);
    if (await becomesHealthy(healthUrl(service), START_WITHIN_SECONDS, ended.signal)) {
      progress(`${service.name}: ready`);
      return;
    }
    const end = ended.signal.reason ?? `was not healthy after ${START_WITHIN_SECONDS} s`;
    const tail = await logTail(directory, service.name, TAIL_LINES, size);
    throw new FalconryError("local.service-died", {
      message: [`${service.name} ${end}`, ...tail].join("\n"),
      hint: `Read ${path}, mend what it says, and run: falconry local up`,
    });
  } finally {
    await log.close();
  }
}

/** @throws FalconryError `local.port-taken` */
export async function refuseTakenPort({ name, port }: Service, directory: string): Promise<void> {
  const deadline = performance.now() + RELEASE_WITHIN_SECONDS * 1000;
  while (!(await isPortFree(port))) {
    const holder = await portHolder(port);
    if (holder === undefined && performance.now() < deadline) await sleep(POLL_MILLISECONDS);
    else throw taken(name, port, holder, directory);
  }
}

function taken(name: string, port: number, holder: string | undefined, directory: string): FalconryError {
  return new FalconryError("local.port-taken", {
    message: `port ${port}, which ${name} of this region uses, is taken${holder ? ` by ${holder}` : ""}`,
    hint: `End that process, or give the service another port in ${directory}/region.json, and run: falconry local up`,
  });
}
