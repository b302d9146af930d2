import { setTimeout as pause } from "node:timers/promises";
import { renderAudit } from "@falconry/cli/tables/audit.ts";
import { renderRegion } from "@falconry/cli/tables/region.ts";
import { printable } from "@falconry/cli/tables/table.ts";
import type { RegionReport } from "@falconry/infra/local/up.ts";
import { entry } from "@falconry/registry/account/entry.ts";
import type { PromotionEvent } from "@falconry/registry/promotion/events.ts";
import { killFalconry } from "../trials/kill.ts";
import type { Traffic } from "../trials/traffic.ts";
import { approve, promote, refusedExitCode, type Shown, status, watch } from "./commands.ts";
import { falconry } from "./falconry.ts";
import { beginTraffic, inWords, requireAllAnswered, servedSince } from "./live-traffic.ts";
import { type Step, step } from "./story.ts";

const lookMilliseconds = 100;
const patienceSeconds = 120;
/** Of the canary, before everything dies. */
const answersBefore = 100;
/** Of the champion alone, in a row: one of two instances would not give so many by chance. */
const answersAfter = 200;

/** Everything of Falconry dies in mid-canary. */
export const mishap: Step[] = [
  step("canary-again", "the same version is asked for once more, with a reason, and approved", async (story) => {
    const promoted = await promote(story, { again: "a canary is needed, to see what its guards are worth" });
    await approve(story, "for the drill");
    return promoted;
  }),
  step("killed", "in mid-canary everything of Falconry is killed; no news is bad news: SageMaker goes back by itself", async (story) => {
    const traffic = await beginTraffic(story);
    const [champion, challenger] = [story.champion?.version ?? 0, story.version ?? 0];
    const approved = performance.now();
    await until("the canary to answer", () => answersOf(traffic, challenger, approved) >= answersBefore);
    const killed = performance.now();
    const processes = await killFalconry(story.directory ?? "");
    await until("the champion alone to answer", () => lastAnswers(traffic).every((version) => version === champion));
    const seconds = Math.round(performance.now() - killed) / 1000;
    requireAllAnswered(traffic);
    const served = servedSince(traffic, approved);
    return {
      result: { processes, seconds, served },
      shown: `${processes} processes killed; ${seconds} s later the champion alone answers\n${inWords(served)}`,
    };
  }),
  step("repaired", "one command brings the region up again", async () => {
    const region = await falconry<RegionReport>(["local", "up"]);
    return { result: region, shown: renderRegion(region) };
  }),
  step("recorded", "and the ledger learns what happened while nobody looked", (story) => watch(story, { exitCode: refusedExitCode })),
  step("settled", "registry, endpoint and ledger agree", (story) => status(story)),
  step("answered", "no caller noticed anything, from the first request to the last", async ({ traffic }) => {
    if (traffic === undefined) throw new Error("there was no traffic");
    await traffic.stop();
    requireAllAnswered(traffic);
    const served = servedSince(traffic, 0);
    return { result: served, shown: inWords(served) };
  }),
  step("history", "the ledger tells who did what, why, and with which numbers", async () => {
    const history = await falconry<{ events: PromotionEvent[] }>(["history", "falcon"]);
    const { events } = history;
    return { result: history, shown: `${events.length} events; the last of them:\n${lastEntry(events)}` };
  }),
  step("audit", "and its hash chain is unbroken", async () => {
    const audit = await falconry<Shown<typeof renderAudit>>(["audit", "verify", "falcon"]);
    return { result: audit, shown: renderAudit(audit) };
  }),
];

/** @throws Error when it is not so after {@link patienceSeconds} */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const begun = performance.now();
  while (!isSo()) {
    if (performance.now() - begun > patienceSeconds * 1000) throw new Error(`waited ${patienceSeconds} s for ${what}`);
    await pause(lookMilliseconds);
  }
}

function answersOf({ outcomes }: Traffic, version: number, since: number): number {
  return outcomes.filter((outcome) => outcome.version === version && outcome.sent >= since).length;
}

function lastAnswers({ outcomes }: Traffic): (number | undefined)[] {
  return outcomes.slice(-answersAfter).map(({ version }) => version);
}

function lastEntry(events: PromotionEvent[]): string {
  const last = events.at(-1);
  return last === undefined ? "" : entry(last, events.slice(0, -1)).map(printable).join("\n");
}
