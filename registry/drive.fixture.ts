import { setTimeout as sleep } from "node:timers/promises";
import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import { liveRow } from "./bad-challengers.fixture.ts";
import type { Registry } from "./registry.ts";
import type { WorkloadStatus } from "./status.ts";
import type { Trial } from "./trial.fixture.ts";

/** Between two passes, as the control plane's own timer has it. */
const betweenPassesMilliseconds = 300;
/** In these states a promotion waits for people, or nothing is in flight. */
const resting = new Set(["bootstrap", "live", "awaiting-approval"]);

/** Drives a workload's endpoint pass by pass until it is in one of the states. */
export async function driveTo(registry: Registry, workload: string, isThere: (status: WorkloadStatus) => boolean): Promise<WorkloadStatus> {
  for (;;) {
    const [status] = (await registry.reconcile(workload)).workloads;
    if (status === undefined) throw new Error(`${workload} has no endpoint`);
    if (isThere(status)) return status;
    await sleep(betweenPassesMilliseconds);
  }
}

/** Drives it until only a person can carry it on. */
export function driveToRest(registry: Registry, workload: string): Promise<WorkloadStatus> {
  return driveTo(registry, workload, ({ state }) => resting.has(state));
}

/** Which version answers. */
export async function askedVersion({ environment, endpoint }: Pick<Trial, "environment" | "endpoint">, row = 0): Promise<number> {
  const { Body } = await environment.sagemakerRuntime.send(
    new InvokeEndpointCommand({
      EndpointName: endpoint,
      ContentType: "application/json",
      Body: JSON.stringify({ dataframe_records: [liveRow(row)] }),
    }),
  );
  return JSON.parse(Body.transformToString()).predictions[0].model.version;
}

export interface Traffic {
  /** @returns what was answered, and by whom */
  stop(): Promise<{ answers: number; versions: Set<number>; failures: unknown[] }>;
}

/** Callers that ask an endpoint all the time, each a little after its last answer. */
export function traffic(trial: Pick<Trial, "environment" | "endpoint">, callers = 4, pauseMilliseconds = 20): Traffic {
  const versions = new Set<number>();
  const failures: unknown[] = [];
  let answers = 0;
  let asking = true;
  const asked = Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let row = caller; asking; row += callers) {
        await askedVersion(trial, row).then(
          (version) => {
            answers++;
            versions.add(version);
          },
          (error) => failures.push(error),
        );
        await sleep(pauseMilliseconds);
      }
    }),
  );
  return {
    async stop() {
      asking = false;
      await asked;
      return { answers, versions, failures };
    },
  };
}
