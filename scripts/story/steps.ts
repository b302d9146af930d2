import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { renderAudit } from "@falconry/cli/tables/audit.ts";
import { renderDataset, renderVerifiedDataset } from "@falconry/cli/tables/datasets.ts";
import { renderHistory } from "@falconry/cli/tables/history.ts";
import { renderIngest } from "@falconry/cli/tables/ingest.ts";
import { renderPredictions } from "@falconry/cli/tables/predictions.ts";
import { renderPromotion } from "@falconry/cli/tables/promotion.ts";
import { renderRegion } from "@falconry/cli/tables/region.ts";
import { renderRollback } from "@falconry/cli/tables/rollback.ts";
import { renderStatus } from "@falconry/cli/tables/status.ts";
import { renderTraining } from "@falconry/cli/tables/training.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { RegionReport } from "@falconry/infra/local/up.ts";
import { falconry } from "./falconry.ts";
import type { Step, Story } from "./story.ts";

/** The document that a command prints is what its renderer takes. */
type Shown<Renderer extends (document: never) => string> = Parameters<Renderer>[0];

const refusedExitCode = 3;
const launchesAsked = 5;

/** The loop, in the order in which a newcomer meets it. */
export const steps: Step[] = [
  step(
    "region-up",
    "the region comes up: MLflow, the AWS emulator, the endpoint host, and what the Pulumi program declares",
    async (story) => {
      const region = await falconry<RegionReport>(["local", "up"]);
      story.trackingUri = region.trackingUri;
      if (region.resources.unchanged > 0) await settle(); // it stood before: an earlier drill may have been cut short
      return { result: region, shown: renderRegion(region) };
    },
  ),
  step("ingest", "raw launch records become a dataset version", async () => {
    const ingested = await falconry<Shown<typeof renderIngest>>(["ingest", "falcon"]);
    return { result: ingested, shown: renderIngest(ingested) };
  }),
  step("dataset", "the version lists what it holds", async () => {
    const dataset = await falconry<Shown<typeof renderDataset>>(["datasets", "show", "falcon"]);
    return { result: dataset, shown: renderDataset(dataset) };
  }),
  step("dataset-verified", "and every byte of it matches its hash", async () => {
    const verified = await falconry<Shown<typeof renderVerifiedDataset>>(["datasets", "verify", "falcon"]);
    return { result: verified, shown: renderVerifiedDataset(verified) };
  }),
  step("train", "candidates are compared; the best becomes one ONNX graph, logged and registered", (story) => train(story)),
  step("gates", "its promotion is asked for, and the gates are run", (story) => promote(story)),
  step("approve", "somebody approves; it is deployed, read back and probed", (story) =>
    approve(story, "first model that beats the baseline"),
  ),
  step("live", "registry, endpoint and ledger agree on the champion", (story) => status(story)),
  step("predict", "the endpoint answers, and every answer names its lineage", async (story) => {
    const launches = await readFile(join(checkoutFolder, "workloads", "falcon", "launches.csv"), "utf8");
    const lines = launches.split("\n");
    const asked = [
      lines[0],
      ...lines
        .slice(1)
        .filter((line) => line !== "")
        .slice(-launchesAsked),
    ].join("\n");
    const report = await falconry<Shown<typeof renderPredictions>>(["predict", "falcon", "--input", "-"], { input: `${asked}\n` });
    const stray = report.predictions.find(
      ({ model, dataset }) => model?.version !== story.champion?.version || dataset !== story.champion?.dataset,
    );
    if (stray !== undefined) throw new Error(`an answer came from ${JSON.stringify(stray.model)}, not from the champion`);
    return { result: report, shown: renderPredictions(report) };
  }),
  step("train-worse", "a worse model is trained: the majority baseline", (story) => train(story, "majority")),
  step("refused", "and a gate refuses it", (story) => promote(story, refusedExitCode)),
  step("train-another", "another candidate is trained", (story) => train(story, "mlp")),
  step("gates-again", "which the gates let through", (story) => promote(story)),
  step("approve-again", "it goes live", (story) => approve(story, "no worse than the champion on the same rows")),
  step("live-again", "and is the champion now", (story) => status(story)),
  step("rollback", "on second thoughts: one command puts the last good version back", async (story) => {
    const left = story.champion?.version;
    const report = await falconry<Shown<typeof renderRollback>>(["rollback", "falcon", "--reason", "the drill looks for the way back"]);
    if (report.from !== left) throw new Error(`version ${report.from} was rolled back, and version ${left} was live`);
    story.version = report.to;
    return { result: report, shown: renderRollback(report) };
  }),
  step("restored", "the champion is the earlier one again", async (story) => {
    const told = await status(story);
    if (story.champion?.version !== story.version)
      throw new Error(`version ${story.version} was put back, and ${story.champion?.version} is live`);
    return told;
  }),
  step("history", "the ledger tells who did what, and why", async () => {
    const history = await falconry<Shown<typeof renderHistory>>(["history", "falcon"]);
    return { result: history, shown: renderHistory(history) };
  }),
  step("audit", "and its hash chain is unbroken", async () => {
    const audit = await falconry<Shown<typeof renderAudit>>(["audit", "verify", "falcon"]);
    return { result: audit, shown: renderAudit(audit) };
  }),
];

function step(name: string, title: string, take: Step["take"]): Step {
  return { name, title, take };
}

/** Finishes what is in flight; what waits for an approval is turned down. */
async function settle(): Promise<void> {
  const { workloads } = await falconry<Shown<typeof renderStatus>>(["reconcile", "falcon"]);
  for (const { challenger } of workloads) {
    if (challenger !== null) await falconry(["reject", challenger.promotion, "--reason", "an earlier drill ended before its approval"]);
  }
}

async function train(story: Story, candidate?: string) {
  const report = await falconry<Shown<typeof renderTraining>>([
    "train",
    "falcon",
    ...(candidate === undefined ? [] : ["--candidate", candidate]),
  ]);
  story.version = report.model.version;
  return { result: report, shown: renderTraining(report) };
}

/** @param exitCode what the command must end with: a refusal that does not come fails the step */
async function promote(story: Story, exitCode = 0) {
  const args = ["promote", "falcon", "--version", String(story.version)];
  const promotion = await falconry<Shown<typeof renderPromotion>>(args, { expected: [exitCode] });
  story.promotion = promotion.promotion;
  return { result: promotion, shown: renderPromotion(promotion) };
}

async function approve(story: Story, reason: string) {
  const promotion = await falconry<Shown<typeof renderPromotion>>(["approve", story.promotion ?? "", "--reason", reason]);
  return { result: promotion, shown: `${promotion.promotion}: version ${promotion.version} is ${promotion.state}` };
}

async function status(story: Story) {
  const report = await falconry<Shown<typeof renderStatus>>(["status", "falcon"]);
  const [falcon] = report.workloads;
  if (falcon === undefined || falcon.champion === null) throw new Error("falcon has no champion");
  if (!falcon.agrees) throw new Error(`registry, endpoint and ledger differ: ${falcon.differences.join("; ")}`);
  story.champion = falcon.champion;
  return { result: report, shown: renderStatus(report) };
}
