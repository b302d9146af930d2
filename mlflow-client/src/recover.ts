import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { BackgroundSender, type SenderSettings } from "./background-sender.ts";
import { isBeingWritten, Journal } from "./journal.ts";
import type { Transport } from "./transport.ts";
import { unsent } from "./unsent.ts";

interface RecoverTools {
  transport: Transport;
  settings: SenderSettings;
}

/**
 * Sends what killed processes have left in a folder of journals, and ends their runs: as they were to end, or as KILLED at the time of the
 * last entry. A journal whose process is alive is left alone.
 *
 * @returns the runs
 * @throws MlflowError `UNSENT` of what is not taken; what waits then stays in its journal, and so do the journals not reached
 */
export async function recover(tools: RecoverTools, folder: string, patienceSeconds: number): Promise<string[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".journal"));
  const recovered: string[] = [];
  for (const file of files.sort().map((name) => join(folder, name))) {
    // Killed before it had a header, and so before anything was logged.
    if (statSync(file).size === 0) continue;
    if (isBeingWritten(file)) continue;
    const endTime = Math.round(statSync(file).mtimeMs);
    recovered.push(await sendJournal(tools, file, patienceSeconds, endTime));
  }
  return recovered;
}

/**
 * Sends a journal that nobody writes any more, and removes it.
 *
 * @param killedAt milliseconds since the epoch: ends the run as KILLED where the journal does not end it
 * @returns the run
 */
export async function sendJournal(tools: RecoverTools, file: string, patienceSeconds: number, killedAt?: number): Promise<string> {
  const journal = Journal.open(file);
  try {
    if (killedAt !== undefined && !journal.hasEnd) journal.append({ kind: "end", item: { status: "KILLED", end_time: killedAt } });
    await drain(tools, journal, patienceSeconds);
    return journal.runId;
  } finally {
    journal.close();
  }
}

async function drain({ transport, settings }: RecoverTools, journal: Journal, patienceSeconds: number): Promise<void> {
  const sender = new BackgroundSender(transport, journal, settings);
  try {
    await sender.drain(patienceSeconds);
  } catch (error) {
    throw unsent(journal, sender.refusals, error);
  }
  journal.remove();
  if (sender.refusals.length > 0) throw unsent(journal, sender.refusals);
}
