import { setTimeout as pause } from "node:timers/promises";
import type { EndpointDriver } from "./endpoint-driver.ts";

/** Leaves the machine to what is tested. */
const pauseMilliseconds = 5;

/** Callers that ask an endpoint until they are told to stop. One failed request ends the test that waits for them. */
export class SteadyTraffic {
  readonly #versions: number[] = [];
  readonly #callers: Promise<unknown>;
  #asking = true;

  constructor(driver: EndpointDriver, endpoint: string, callers = 4) {
    const ask = async () => {
      while (this.#asking) {
        this.#versions.push(await driver.answeringVersion(endpoint));
        await pause(pauseMilliseconds);
      }
    };
    this.#callers = Promise.all(Array.from({ length: callers }, ask));
    // Told by stop(), however long that takes.
    this.#callers.catch(() => {});
  }

  /** How many requests were answered until now. */
  get answered(): number {
    return this.#versions.length;
  }

  /** @returns the version that answered each request, in order */
  async stop(): Promise<number[]> {
    this.#asking = false;
    await this.#callers;
    return this.#versions;
  }
}
