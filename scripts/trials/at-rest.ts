import { setTimeout as pause } from "node:timers/promises";
import type { ControlPlaneClient } from "@falconry/registry/api/client.ts";
import { falcon } from "./falcon-region.ts";

const pollMilliseconds = 100;

type Status = Awaited<ReturnType<ControlPlaneClient["status"]>>["workloads"][number];

/** Falcon's status as soon as nothing is in flight and ledger, endpoint and registry agree; the drivers of the control plane get there by themselves. */
export async function atRest(plane: ControlPlaneClient): Promise<Status> {
  for (;;) {
    const [status] = (await plane.status(falcon)).workloads;
    if (status === undefined) throw new Error("the control plane knows no falcon");
    if ((status.state === "live" || status.state === "bootstrap") && status.agrees) return status;
    await pause(pollMilliseconds);
  }
}
