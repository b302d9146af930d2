import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { renderDataset, renderVerifiedDataset } from "@falconry/cli/tables/datasets.ts";
import { renderIngest } from "@falconry/cli/tables/ingest.ts";
import { renderLogin } from "@falconry/cli/tables/login.ts";
import { renderPredictions } from "@falconry/cli/tables/predictions.ts";
import { renderRegion } from "@falconry/cli/tables/region.ts";
import type { renderStatus } from "@falconry/cli/tables/status.ts";
import { checkoutFolder } from "@falconry/environment/region-folder.ts";
import type { RegionReport } from "@falconry/infra/local/up.ts";
import { approve, beginTraining, logIn, promote, type Shown, status, trained, watch } from "./commands.ts";
import { falconry } from "./falconry.ts";
import { beginTraffic } from "./live-traffic.ts";
import { type Step, type Story, step } from "./story.ts";

const launchesAsked = 5;

/** From nothing to a model that answers. */
export const firstLoop: Step[] = [
  step(
    "region-up",
    "the region comes up: MLflow, the AWS emulator, the endpoint host, the control plane, and what the Pulumi program declares",
    async (story) => {
      const region = await falconry<RegionReport>(["local", "up"]);
      story.trackingUri = region.trackingUri;
      story.directory = region.directory;
      if (region.resources.unchanged > 0) await settle(story); // it stood before: an earlier drill may have been cut short
      return { result: region, shown: renderRegion(region) };
    },
  ),
  step("login", "a scientist logs in, with a password and the code of an authenticator", async () => {
    const login = await logIn("scientist");
    return { result: login, shown: renderLogin(login) };
  }),
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
  step("train", "candidates are compared; the best becomes one ONNX graph, logged and registered", (story) => trained(story)),
  step("gates", "its promotion is asked for, and the gates are run", (story) => promote(story)),
  step(
    "approve",
    "somebody else approves it, logged in with a second factor; without a champion to compare with it goes live at once",
    async (story) => {
      await approve(story, "first model that beats the baseline");
      for (const candidate of ["majority", "mlp"]) beginTraining(story, candidate);
      return watch(story);
    },
  ),
  step("live", "registry, endpoint and ledger agree on the champion", (story) => status(story)),
  step("predict", "the endpoint answers, and every answer names its lineage", async (story) => {
    const launches = await readFile(join(checkoutFolder, "workloads", "falcon", "launches.csv"), "utf8");
    const [header, ...rows] = launches.trim().split("\n");
    const input = `${[header, ...rows.slice(-launchesAsked)].join("\n")}\n`;
    const report = await falconry<Shown<typeof renderPredictions>>(["predict", "falcon", "--input", "-"], { input });
    const stray = report.predictions.find(
      ({ model, dataset }) => model?.version !== story.champion?.version || dataset !== story.champion?.dataset,
    );
    if (stray !== undefined) throw new Error(`an answer came from ${JSON.stringify(stray.model)}, not from the champion`);
    return { result: report, shown: renderPredictions(report) };
  }),
];

/** Brings what an earlier drill left to its end; what waits for an approval is turned down. */
async function settle(story: Story): Promise<void> {
  await logIn("approver");
  await falconry(["watch", "falcon"], { expected: [0, 3] });
  const { workloads } = await falconry<Shown<typeof renderStatus>>(["status", "falcon"]);
  for (const { champion, challenger } of workloads) {
    if (champion !== null) await beginTraffic(story); // then the first version of this drill has a canary, too
    if (challenger !== null) await falconry(["reject", challenger.promotion, "--reason", "an earlier drill ended before its approval"]);
  }
}
