import { type KernelProcess, startVariables } from "@falconry/environment/process-table.ts";
import { regionVariable } from "../services/own-variables.ts";
import type { ServiceName } from "../services/service.ts";

/** Names the service in the environment of each of its processes; see also {@link regionVariable}. */
export const serviceVariable = "FALCONRY_SERVICE";

/**
 * Picks the processes that belong to a region, or to one service of it, by what they were started with. Children inherit it, so
 * that a service's workers are found after the service itself was killed, and no pid file is needed to find them.
 */
export function processesOf(folder: string, service?: ServiceName): (all: KernelProcess[]) => Promise<KernelProcess[]> {
  const marks = [`${regionVariable}=${folder}`, ...(service ? [`${serviceVariable}=${service}`] : [])];
  return async (all) =>
    all.filter(({ pid }) => {
      const variables = startVariables(pid);
      return marks.every((mark) => variables.includes(mark));
    });
}
