import { Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import { type Outcome, outcomeOf, type Traffic } from "./traffic.ts";

const tickMilliseconds = 10;
/** Where the endpoint takes no more, requests are left out: a backlog would only measure itself. */
const mostUnderWay = 32;
const SECOND = 1_000;

export interface SteadyTrafficOptions {
  /** Where the endpoint takes invocations. */
  url: string;
  contentType: string;
  /** One of them is drawn for each request: which rows a version gets must not hang on whose turn it is. */
  bodies: readonly string[];
  requestsPerSecond: number;
}

/** At most so many requests a second, evenly. None is sent twice. */
export function steadyTraffic({ url, contentType, bodies, requestsPerSecond }: SteadyTrafficOptions): Traffic {
  const random = seededRandom(1);
  const agent = new Agent({ keepAlive: true });
  const outcomes: Outcome[] = [];
  const underWay = new Set<Promise<void>>();

  const ask = async () => {
    const sent = performance.now();
    try {
      const answer = await post(agent, url, contentType, bodies[Math.floor(random() * bodies.length)] ?? "");
      outcomes.push(outcomeOf(sent, answer.statusCode ?? 0, await text(answer)));
    } catch (error) {
      outcomes.push({ sent, answered: performance.now(), failure: String(error) });
    }
  };
  let last = performance.now();
  let due = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    due += ((now - last) / SECOND) * requestsPerSecond;
    last = now;
    for (; due >= 1; due -= 1) {
      if (underWay.size >= mostUnderWay) continue;
      const asked = ask();
      underWay.add(asked);
      void asked.finally(() => underWay.delete(asked));
    }
  }, tickMilliseconds);

  return {
    outcomes,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
}

function post(agent: Agent, url: string, contentType: string, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": contentType, "content-length": Buffer.byteLength(body) };
    request(url, { method: "POST", agent, headers }, resolve).on("error", reject).end(body);
  });
}
