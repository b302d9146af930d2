import type { ContainerProcess } from "../container-process.ts";
import type { Fleet } from "../fleet.ts";
import { Turns } from "./turns.ts";

/** Which fleet answers an endpoint's next request. */
export class Traffic {
  #blue: Fleet;
  #green: { fleet: Fleet; instances: number; of: number; turns: Turns } | undefined;

  constructor(live: Fleet) {
    this.#blue = live;
  }

  /** The fleet of the live configuration; while traffic shifts, the old one. */
  get live(): Fleet {
    return this.#blue;
  }

  /** Share of the requests that the new fleet takes, in [0, 1]. */
  get shifted(): number {
    return this.#green === undefined ? 0 : this.#green.instances / this.#green.of;
  }

  /** Lets some instances of a new fleet take their share of the requests: one in two of two instances takes every second one. */
  shift(fleet: Fleet, instances: number, of: number): void {
    this.#green = { fleet, instances, of, turns: new Turns(instances, of) };
  }

  /** Every request goes to the old fleet again. */
  back(): void {
    this.#green = undefined;
  }

  /** The new fleet is the live one. @returns the old one, which takes no more requests */
  complete(fleet: Fleet): Fleet {
    const old = this.#blue;
    this.#blue = fleet;
    this.#green = undefined;
    return old;
  }

  /** A healthy container of the fleet whose turn it is; of the other one where that has none. */
  pick(): ContainerProcess | undefined {
    if (this.#green === undefined) return this.#blue.pick();
    const { fleet, instances, turns } = this.#green;
    if (turns.next()) return fleet.pick(instances) ?? this.#blue.pick();
    return this.#blue.pick() ?? fleet.pick(instances);
  }
}
