import { FalconryError } from "@falconry/environment/error.ts";
import type { RegistryContext } from "../context.ts";
import { decide } from "./decide.ts";
import { observe } from "./observe.ts";
import { Story } from "./story.ts";

const firstPollMilliseconds = 100;
const longestPollMilliseconds = 5_000;
/** Small, so that little time passes between an endpoint's coming up and our seeing it. */
const pollGrowth = 1.2;
/** Other drivers may write at the same time; each conflict means that one of them came further. */
const maxConflicts = 20;

/**
 * Carries what is in flight on a workload's endpoint to where it rests: waiting for a person, or ended. Safe at any time, twice, by several
 * at once, and after a crash: every round starts from what the ledger and the world say, never from what was done before.
 *
 * @throws FalconryError `environment.no-endpoint`, `tracking.unreachable`, `registry.ledger-corrupt`, `registry.conflict`
 */
export async function reconcile(context: RegistryContext, workload: string): Promise<Story> {
  const story = await Story.read(context, workload);
  await story.witness();
  let conflicts = 0;
  let poll = firstPollMilliseconds;
  let mirrored = false;
  for (;;) {
    const action = decide(story.state, await observe(context, story));
    if (action.type === "rest" || (action.type === "mirror-aliases" && mirrored)) return story;
    if (action.type === "wait") {
      if (poll === firstPollMilliseconds) context.progress(`${story.endpoint.name}: ${action.because}`);
      await context.pause(poll);
      poll = Math.min(pollGrowth * poll, longestPollMilliseconds);
    } else {
      try {
        const { perform } = await import("./perform.ts"); // loads what runs models; most rounds have nothing to do
        await perform(context, story, action);
        poll = firstPollMilliseconds;
        mirrored = action.type === "mirror-aliases";
      } catch (error) {
        if (!(error instanceof FalconryError) || error.code !== "registry.conflict" || ++conflicts > maxConflicts) throw error;
      }
    }
    await story.readOn();
  }
}
