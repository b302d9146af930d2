import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";

/** One process as the kernel shows it under /proc. */
export interface KernelProcess {
  pid: number;
  /** Leader of its process group. */
  group: number;
  /** Clock ticks since boot at which it started: with the pid it names one process for ever, whatever pids are used again. */
  startTime: number;
  command: string;
}

/** Every process of this machine that still runs; one that is dead and waits to be collected (a zombie) is left out. */
export async function processTable(): Promise<KernelProcess[]> {
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  return pids.map(findProcess).filter((process) => process !== undefined);
}

/** @returns undefined for a pid that nothing living has */
export function findProcess(pid: number): KernelProcess | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command stands in parentheses and may hold spaces and parentheses itself; fields are counted from behind it (proc(5)).
  const commandEnd = stat.lastIndexOf(")");
  const fields = stat.slice(commandEnd + 2).split(" ");
  const [state, , group] = fields;
  if (state === undefined || "ZXx".includes(state)) return undefined;
  return { pid, group: Number(group), startTime: Number(fields[19]), command: stat.slice(stat.indexOf("(") + 1, commandEnd) };
}

/** Environment variables that a process was started with; empty for a process of another user. */
export function startVariables(pid: number): string[] {
  return readProc(`/proc/${pid}/environ`)?.split("\0") ?? [];
}

const notToBeRead = ["ENOENT", "ESRCH", "EACCES", "EPERM"];

/** Synchronous: the kernel answers from memory. @returns undefined where the process is gone or not ours to look at */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && notToBeRead.includes(String(error.code))) return undefined;
    throw error;
  }
}
