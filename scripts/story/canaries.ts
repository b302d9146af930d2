import { renderRollback } from "@falconry/cli/tables/rollback.ts";
import { approve, beginTraining, logIn, promote, refusedExitCode, type Shown, status, trained, watch } from "./commands.ts";
import { falconry } from "./falconry.ts";
import { beginTraffic, inWords, requireAllAnswered, servedSince } from "./live-traffic.ts";
import { type Step, type Story, step } from "./story.ts";

/** Versions that are not good enough for the gates, or for live traffic, one that is, and the way back. */
export const canaries: Step[] = [
  step("traffic", "callers ask about planned launches, on cores that flew eleven times before: nobody trained on such", async (story) => {
    const { outcomes } = await beginTraffic(story);
    return { result: { requests: outcomes.length }, shown: "" };
  }),
  step("train-worse", "a worse model was trained: the majority baseline", (story) => trained(story, "majority")),
  step("refused", "and a gate refuses it", (story) => promote(story, { exitCode: refusedExitCode })),
  step("train-another", "another candidate was trained", (story) => trained(story, "mlp")),
  step("gates-again", "which the gates let through: on the records it is no worse", (story) => promote(story)),
  step("canary-unhealthy", "as a canary it answers live traffic otherwise: the judge gives it up, by itself", (story) =>
    underTraffic(story, async () => {
      await approve(story, "no worse than the champion on the same rows");
      beginTraining(story, "logistic-regression");
      return watch(story, { exitCode: refusedExitCode });
    }),
  ),
  step("unharmed", "the champion serves as before", (story) => status(story)),
  step("train-good", "the champion's candidate was trained once more", (story) => trained(story, "logistic-regression")),
  step("gates-good", "the gates let it through", (story) => promote(story)),
  step("canary-healthy", "as a canary it answers like the champion: the judge lets it go on, and it is live", (story) =>
    underTraffic(story, async () => {
      await approve(story, "the same candidate, trained today");
      return watch(story);
    }),
  ),
  step("live-again", "and is the champion now", (story) => status(story)),
  step("rollback", "on second thoughts: an operator's one command puts the last good version back", async (story) => {
    const left = story.champion?.version;
    await logIn("operator");
    const report = await falconry<Shown<typeof renderRollback>>(["rollback", "falcon", "--reason", "the drill looks for the way back"]);
    await logIn("scientist");
    if (report.from !== left) throw new Error(`version ${report.from} was rolled back, and version ${left} was live`);
    story.restored = report.to;
    return { result: report, shown: renderRollback(report) };
  }),
  step("restored", "the champion is the earlier one again", async (story) => {
    const told = await status(story);
    if (story.champion?.version === story.restored) return told;
    throw new Error(`version ${story.restored} was put back, and ${story.champion?.version} is live`);
  }),
];

/** Says beside what a step showed what callers got meanwhile. @throws Error where a request failed */
async function underTraffic(story: Story, take: () => Promise<{ result: unknown; shown: string }>) {
  const traffic = await beginTraffic(story);
  const begun = performance.now();
  const { result, shown } = await take();
  requireAllAnswered(traffic);
  const served = servedSince(traffic, begun);
  return { result: { watched: result, served }, shown: `${shown}\n${inWords(served)}` };
}
