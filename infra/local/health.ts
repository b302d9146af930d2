import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 100;
const ANSWER_WITHIN_MILLISECONDS = 2_000;

/** Whether the URL answers 2xx within two seconds. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MILLISECONDS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Asks until the URL is healthy. @returns false when it was not within the time, or when `signal` ends the waiting */
export async function becomesHealthy(url: string, seconds: number, signal?: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline && !signal?.aborted) {
    if (await isHealthy(url)) return true;
    await sleep(POLL_MILLISECONDS);
  }
  return false;
}
