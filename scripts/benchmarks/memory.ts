import { readFile } from "node:fs/promises";
import { processTable, startVariables } from "@falconry/environment/process-table.ts";

const sampleMilliseconds = 500;
const KIBIBYTE = 1024;

/**
 * Watches the memory of every process that was started with a variable holding the region's folder: the commands and the services.
 *
 * @returns ends the watch; gives the highest sum of proportional set sizes seen, in bytes
 */
export function watchMemory(regionFolder: string): () => Promise<number> {
  let highest = 0;
  let watching = true;
  const watch = (async () => {
    while (watching) {
      highest = Math.max(highest, await memoryOf(regionFolder));
      await new Promise((resolve) => setTimeout(resolve, sampleMilliseconds));
    }
  })();
  return async () => {
    watching = false;
    await watch;
    return highest;
  };
}

async function memoryOf(regionFolder: string): Promise<number> {
  const sizes = await Promise.all(
    (await processTable()).map(async ({ pid }) => {
      const variables = startVariables(pid);
      return variables.some((variable) => variable.endsWith(`=${regionFolder}`)) ? proportionalSetSize(pid) : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes of a process, shared pages counted in parts; 0 once it is gone. */
async function proportionalSetSize(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * KIBIBYTE;
}
