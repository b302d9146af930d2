import type { Environment } from "@falconry/environment/environment.ts";
import { type Interception, intercepted } from "../../crash.fixture.ts";
import type { Operation } from "../../promotion/operation.ts";
import type { Fault } from "../play.ts";
import type { weathers } from "../scenario.ts";
import type { World } from "../world.ts";

/** A fault, the law that it breaks, and the weather that it shows in. */
export interface Deliberate {
  law: RegExp;
  fault: Fault;
  weather: keyof typeof weathers;
}

export const done = async () => ({});

export function breaks(law: RegExp, fault: Fault, weather: Deliberate["weather"] = "stormy"): Deliberate {
  return { law, fault, weather };
}

export function effects(interception: (world: World, environment: Environment) => Interception): Fault {
  return (environment, world) => intercepted(environment, interception(world, environment));
}

export function inFlight({ state }: World): Operation | undefined {
  return state.inFlight;
}
