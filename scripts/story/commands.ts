import type { renderLogin } from "@falconry/cli/tables/login.ts";
import { renderPromotion } from "@falconry/cli/tables/promotion.ts";
import { renderStatus } from "@falconry/cli/tables/status.ts";
import { printable } from "@falconry/cli/tables/table.ts";
import { renderTraining } from "@falconry/cli/tables/training.ts";
import { renderWatched } from "@falconry/cli/tables/watch.ts";
import type { Watched } from "@falconry/cli/watch.ts";
import { entry } from "@falconry/registry/account/entry.ts";
import type { PromotionEvent } from "@falconry/registry/promotion/events.ts";
import { falconry } from "./falconry.ts";
import type { Story } from "./story.ts";

/** The document that a command prints is what its renderer takes. */
export type Shown<Renderer extends (document: never) => string> = Parameters<Renderer>[0];

export const refusedExitCode = 3;

/** Logs in with the password and a code of the authenticator, in place of whoever was logged in. */
export async function logIn(user: "scientist" | "approver" | "operator") {
  return falconry<Shown<typeof renderLogin>>(["login", user]);
}

/** Begins a training beside what follows: whoever is logged in now is who trained. */
export function beginTraining(story: Story, candidate: string): void {
  const training = falconry<Shown<typeof renderTraining>>(["train", "falcon", "--candidate", candidate]);
  training.catch(() => {}); // whoever waits for it hears of its failure
  story.trainings.set(candidate, training);
}

/** Waits for a training that was begun, or trains now; its version is the next one to be promoted. */
export async function trained(story: Story, candidate?: string) {
  const begun = candidate === undefined ? undefined : story.trainings.get(candidate);
  const report = (await (begun ?? falconry(["train", "falcon", ...(candidate === undefined ? [] : ["--candidate", candidate])]))) as Shown<
    typeof renderTraining
  >;
  story.version = report.model.version;
  return { result: report, shown: renderTraining(report) };
}

/** @param exitCode what the command must end with: a refusal that does not come fails the step */
export async function promote(story: Story, { exitCode = 0, again = "" } = {}) {
  const args = ["promote", "falcon", "--version", String(story.version), ...(again === "" ? [] : ["--again", again])];
  const promotion = await falconry<Shown<typeof renderPromotion>>(args, { expected: [exitCode] });
  story.promotion = promotion.promotion;
  return { result: promotion, shown: renderPromotion(promotion) };
}

/** Somebody else than the one who trained and asked approves; then the scientist looks on. */
export async function approve(story: Story, reason: string): Promise<void> {
  await Promise.allSettled(story.trainings.values()); // each has taken its trainer's name from the login by then
  await logIn("approver");
  await falconry(["approve", story.promotion ?? "", "--reason", reason]);
  await logIn("scientist");
}

/** Follows the promotion to its end. @param exitCode what the command must end with */
export async function watch(story: Story, { exitCode = 0 } = {}) {
  const watched = await falconry<Watched>(["watch", "falcon", "--promotion", story.promotion ?? ""], { expected: [exitCode] });
  return { result: watched, shown: `${account(watched.events)}\n${renderWatched(watched)}` };
}

export async function status(story: Story) {
  const report = await falconry<Shown<typeof renderStatus>>(["status", "falcon"]);
  const [falcon] = report.workloads;
  if (falcon === undefined || falcon.champion === null) throw new Error("falcon has no champion");
  if (!falcon.agrees) throw new Error(`registry, endpoint and ledger differ: ${falcon.differences.join("; ")}`);
  story.champion = falcon.champion;
  return { result: report, shown: renderStatus(report) };
}

/** What happened since the approval, as `falconry history` tells it. */
function account(events: readonly PromotionEvent[]): string {
  const approval = events.findIndex(({ type }) => type === "approved");
  return events
    .flatMap((event, at) => (at < approval ? [] : entry(event, events.slice(0, at))))
    .map(printable)
    .join("\n");
}
