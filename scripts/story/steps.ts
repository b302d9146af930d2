import { canaries } from "./canaries.ts";
import { firstLoop } from "./first-loop.ts";
import { mishap } from "./mishap.ts";
import type { Step } from "./story.ts";

/** The loop, in the order in which a newcomer meets it. */
export const steps: Step[] = [...firstLoop, ...canaries, ...mishap];
