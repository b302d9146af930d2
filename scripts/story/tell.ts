import { falconry } from "./falconry.ts";
import { steps } from "./steps.ts";
import type { Step, Story } from "./story.ts";

interface ToldStep {
  name: string;
  seconds: number;
  ok: boolean;
  /** The command's document, or why the step failed. */
  result?: unknown;
  error?: string;
}

/**
 * Tells the story: every step is the `falconry` command, run as a user runs it. The first step that fails ends it.
 *
 * @returns whether every step succeeded
 */
export async function tell({ json, keep }: { json: boolean; keep: boolean }): Promise<boolean> {
  const say = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);
  const begun = performance.now();
  const told: ToldStep[] = [];
  const story: Story = { trainings: new Map() };
  stopRegionOnInterrupt(keep, say);
  say("One loop on one machine: Falcon 9 launches become a model that answers, and whatever goes wrong, the last good one answers.\n");
  for (const step of steps) {
    const outcome = await take(step, story, say);
    told.push(outcome);
    if (!outcome.ok) break;
  }
  await story.traffic?.stop();
  await Promise.allSettled(story.trainings.values());
  if (!keep) told.push(await take(regionDown, story, say));
  const ok = told.every((step) => step.ok);
  const seconds = secondsSince(begun);
  say(ok ? farewell(story, keep, seconds) : `\nThe drill failed after ${seconds} s: ${told.find((step) => !step.ok)?.name}`);
  if (json) process.stdout.write(`${JSON.stringify({ steps: told, champion: story.champion ?? null, seconds, ok })}\n`);
  return ok;
}

const regionDown: Step = {
  name: "region-down",
  title: "the region goes down; its state stays",
  async take() {
    return { result: await falconry(["local", "down"]), shown: "" };
  },
};

async function take(step: Step, story: Story, say: (text: string) => void): Promise<ToldStep> {
  const begun = performance.now();
  try {
    const { result, shown } = await step.take(story);
    const seconds = secondsSince(begun);
    say(`${`${seconds.toFixed(1)} s`.padStart(7)}  ${step.title}${shown === "" ? "" : `\n${indent(shown)}\n`}`);
    return { name: step.name, seconds, ok: true, result };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    say(`${" FAILED"}  ${step.title}\n${indent(message)}\n`);
    return { name: step.name, seconds: secondsSince(begun), ok: false, error: message };
  }
}

/** Ctrl-C leaves no region behind, unless it was to be kept. */
function stopRegionOnInterrupt(keep: boolean, say: (text: string) => void): void {
  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, async () => {
      say("\ninterrupted");
      if (!keep) await falconry(["local", "down"]);
      process.exit(exitCode);
    });
  }
}

function farewell(story: Story, keep: boolean, seconds: number): string {
  const look = keep
    ? `MLflow: ${story.trackingUri}\nfalconry: npx falconry status, npx falconry history falcon, npx falconry local down`
    : "Look around: scripts/drill --keep, or npx falconry local up, then npx falconry status";
  return `\nDone in ${seconds} s. ${look}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "         ");
}

function secondsSince(begun: number): number {
  return Math.round(performance.now() - begun) / 1000;
}
