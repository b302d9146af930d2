import { setImmediate } from "node:timers/promises";

const signals = ["SIGINT", "SIGTERM"] as const;

type Interrupted = (signal: NodeJS.Signals) => Promise<void>;

const waiting = new Set<Interrupted>();

/**
 * Has something done when the process is told to end, and then lets it end by the same signal; a second signal ends it at once. Where
 * somebody else listens to the signal too, ending the process is left to them.
 *
 * @returns calls it off
 */
export function onInterruption(interrupted: Interrupted): () => void {
  if (waiting.size === 0) for (const signal of signals) process.on(signal, tellAll);
  waiting.add(interrupted);
  return () => {
    if (waiting.delete(interrupted) && waiting.size === 0) stopListening();
  };
}

async function tellAll(signal: NodeJS.Signals): Promise<void> {
  const told = [...waiting];
  waiting.clear();
  stopListening();
  const othersListen = process.listenerCount(signal) > 0;
  await Promise.allSettled(told.map((interrupted) => interrupted(signal)));
  // What was said on the way out is printed in a turn of its own.
  await setImmediate();
  if (!othersListen) process.kill(process.pid, signal);
}

function stopListening(): void {
  for (const signal of signals) process.off(signal, tellAll);
}
