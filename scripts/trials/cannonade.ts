import { once } from "node:events";
import autocannon from "autocannon";
import { type Outcome, outcomeOf, type Traffic } from "./traffic.ts";

/** autocannon ends by itself after this; a trial stops it long before. */
const longestSeconds = 24 * 60 * 60;

export interface CannonadeOptions {
  url: string;
  contentType: string;
  bodies: readonly string[];
  connections: number;
}

/** As many requests as so many connections take, each with the next as soon as it was answered. */
export function cannonade({ url, contentType, bodies, connections }: CannonadeOptions): Traffic {
  const outcomes: Outcome[] = [];
  // autocannon hands over the body first and tells how long the request took right after it.
  let lastBody = "";
  const keepBody = (_status: number, body: string) => {
    lastBody = body;
  };
  const requests = bodies.map((body) => ({ body, onResponse: keepBody }));
  const headers = { "content-type": contentType };
  const gun = autocannon({ url, method: "POST", headers, requests, connections, duration: longestSeconds }, () => {});
  gun.on("response", (_client, status, _bytes, milliseconds) => {
    outcomes.push(outcomeOf(performance.now() - milliseconds, status, lastBody));
  });
  gun.on("reqError", (error: unknown) => {
    const now = performance.now();
    outcomes.push({ sent: now, answered: now, failure: String(error) });
  });
  const done = once(gun, "done");
  return {
    outcomes,
    async stop() {
      gun.stop();
      await done;
    },
  };
}
