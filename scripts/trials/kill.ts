import { type KernelProcess, processTable } from "@falconry/environment/process-table.ts";
import { processesOf } from "@falconry/infra/local/processes/service-processes.ts";
import type { ServiceName } from "@falconry/infra/local/services/service.ts";

/** What AWS is, on this machine: it does not die with Falconry. The containers are the endpoint host's. */
const spared: readonly ServiceName[] = ["ministack", "endpoint-host"];

/** SIGKILL to every process of a region's services, except the emulator, the endpoint host and its containers. @returns how many it was */
export async function killFalconry(folder: string): Promise<number> {
  return killAll(async (all) => {
    const kept = await Promise.all(spared.map((service) => processesOf(folder, service)(all)));
    const keptPids = new Set(kept.flat().map(({ pid }) => pid));
    return (await processesOf(folder)(all)).filter(({ pid }) => !keptPids.has(pid));
  });
}

/** SIGKILL to every process of one service. @returns how many it was */
export function killService(folder: string, service: ServiceName): Promise<number> {
  return killAll(processesOf(folder, service));
}

/** @returns whether there was such a process */
export function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

/** Asks again until nothing is left: a process may start another while the first ones are killed. */
async function killAll(find: (all: KernelProcess[]) => Promise<KernelProcess[]>): Promise<number> {
  const killed = new Set<number>();
  for (;;) {
    const left = await find(await processTable());
    if (left.length === 0) return killed.size;
    for (const { pid } of left) if (kill(pid)) killed.add(pid);
  }
}
