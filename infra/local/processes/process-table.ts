import { readdir, readFile } from "node:fs/promises";

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
  const processes = await Promise.all(pids.map(findProcess));
  return processes.filter((process) => process !== undefined);
}

/** @returns undefined for a pid that nothing living has */
export async function findProcess(pid: number): Promise<KernelProcess | undefined> {
  const stat = await readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The command stands in parentheses and may hold spaces and parentheses itself; fields are counted from behind it (proc(5)).
  const commandEnd = stat.lastIndexOf(")");
  const fields = stat.slice(commandEnd + 2).split(" ");
  const [state, , group] = fields;
  if (state === undefined || "ZXx".includes(state)) return undefined;
  return { pid, group: Number(group), startTime: Number(fields[19]), command: stat.slice(stat.indexOf("(") + 1, commandEnd) };
}

/** Environment variables that a process was started with; empty for a process of another user. */
export async function startVariables(pid: number): Promise<string[]> {
  return (await readProc(`/proc/${pid}/environ`))?.split("\0") ?? [];
}

/** @returns undefined where the process is gone or not ours to look at */
async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES" || code === "EPERM") return undefined;
    throw error;
  }
}
