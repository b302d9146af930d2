import type { Check } from "./check.ts";

/**
 * Containers that began to serve while the canary baked, each in the place of one that died: what a crash took with it, nobody counted. A machine may fail
 * under the champion as well, so only what befell the challenger more often counts against it. Says nothing where no container died, nor of numbers that are none:
 * it is asked before the counts are known to be possible.
 */
export const restarts: Check = ({ champion, challenger }) => {
  const starts = [champion.starts, challenger.starts];
  if (!starts.every((count) => Number.isSafeInteger(count) && count >= 0) || starts.every((count) => count === 0)) return undefined;
  return {
    name: "restarts",
    verdict: challenger.starts > champion.starts ? "unhealthy" : "healthy",
    measured: `${challenger.starts} containers died, ${champion.starts} of the champion's`,
    required: "no more than of the champion's",
    numbers: { champion: champion.starts, challenger: challenger.starts },
  };
};
