import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "../context.ts";
import type { Observation } from "./action.ts";
import { decide } from "./decide.ts";
import { observe } from "./observe.ts";
import { isConflict, Story } from "./story.ts";

/** No pass has as much to do: one that goes on for so long turns in circles. */
const maxSteps = 50;

/** How things stand after a pass. */
export interface Pass {
  story: Story;
  world: Observation;
}

/**
 * One pass over a workload's endpoint: does what can be done without waiting, and tells how things stand then. Safe at any time, twice, by several at once, and
 * after a crash: every step starts from what the ledger and the world say, never from what was done before. Whoever drives a promotion calls it again and again.
 *
 * @throws FalconryError `environment.no-endpoint`, `registry.ledger-corrupt`; whatever keeps a step from being done
 */
export async function reconcile(context: RegistryContext, workload: string): Promise<Pass> {
  const story = await Story.read(context, workload);
  const holder = context.uniqueName();
  try {
    return await carryOn(context, story, holder);
  } finally {
    try {
      if (story.isUnsettled && (await story.acquire(holder))) await story.holding(() => story.settle());
    } finally {
      await story.release();
    }
  }
}

async function carryOn(context: RegistryContext, story: Story, holder: string): Promise<Pass> {
  for (let steps = 0; steps < maxSteps; steps++) {
    const world = await observe(context, story);
    const now = context.now();
    const action = decide(story.state, world, now);
    if (action.type === "rest") return { story, world };
    if (action.type === "wait") {
      context.progress(`${story.endpoint.name}: ${action.because}`);
      if (action.beat) {
        const { beat } = await import("../canary/signals.ts");
        await beat(context.environment, story.endpoint, now);
      }
      return { story, world };
    }
    if (!(await story.acquire(holder))) return { story, world };
    const { sequence } = story;
    await story.readOn();
    // A person may have said something between the look and the lease.
    if (story.sequence > sequence) continue;
    try {
      const { perform } = await import("./perform.ts"); // loads what runs models; most passes have nothing to do
      await story.holding(() => perform(context, story, action));
    } catch (error) {
      if (error instanceof FalconryError && error.code === "registry.lease-lost") return { story, world };
      if (!isConflict(error)) throw error;
      await story.readOn(); // what was decided by before is known to be old: not even a heartbeat rests on it
      continue;
    }
    // What left no trace in the ledger needs its time to show in the world.
    if (story.sequence === sequence) return { story, world };
  }
  throw new Error(`${story.endpoint.name} does not come to rest in ${maxSteps} steps`);
}
