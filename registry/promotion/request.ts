import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import type { Workload } from "@falconry/model/workload.ts";
import type { RegistryContext } from "../context.ts";
import { requireEndpoint } from "../endpoint/describe.ts";
import { reconcile } from "./reconcile.ts";
import { type PromotionReport, promotionReport } from "./report.ts";
import { settingsSchema } from "@falconry/model/promotion-settings.ts";
import { champion, type Operation } from "./state.ts";
import { Story } from "./story.ts";

/**
 * Asks for a registered version to go live: records the request with the workload's gates as they are now, runs them, and rests at
 * "awaiting-approval" or "refused".
 *
 * @throws FalconryError `registry.version-unknown`, `registry.already-live`, `registry.promotion-in-flight`, `environment.no-endpoint`
 */
export async function promote(context: RegistryContext, workload: Workload, version: number): Promise<PromotionReport> {
  const story = await Story.read(context, workload.name);
  const { inFlight } = story.state;
  if (inFlight !== undefined) throw promotionInFlight(story, inFlight);
  if (champion(story.state)?.version === version) {
    throw new FalconryError("registry.already-live", {
      message: `version ${version} of ${workload.name} is live already`,
      hint: `Promote another version; list them with: falconry models ${workload.name}`,
    });
  }
  await requireVersion(context, workload.name, version);
  await requireEndpoint(context.environment, story.endpoint);
  const settings = settingsSchema.parse({ metric: workload.metric, gates: workload.gates, rollout: workload.rollout });
  const promotion = story.nextId;
  await story.record({ type: "requested", promotion, version, settings, settingsDigest: sha256(canonicalJson(settings)) });
  return promotionReport(await reconcile(context, workload.name), promotion);
}

function promotionInFlight({ endpoint, workload }: Story, { id, kind, version, progress }: Operation): FalconryError {
  return new FalconryError("registry.promotion-in-flight", {
    message: `${kind} ${id} of version ${version} is ${progress.state} on ${endpoint.name}`,
    hint:
      progress.state === "awaiting-approval"
        ? `Decide it first: falconry approve ${id} --reason "…", or falconry reject ${id} --reason "…"`
        : `Wait for it, or finish what a crash left with: falconry reconcile ${workload}`,
  });
}

async function requireVersion({ environment }: RegistryContext, name: string, version: number): Promise<void> {
  if ((await environment.mlflow.modelVersions.get(name, version)) !== undefined) return;
  const versions: number[] = [];
  for await (const existing of environment.mlflow.modelVersions.search({ filter: `name = '${name}'` })) versions.push(existing.version);
  throw new FalconryError("registry.version-unknown", {
    message: `registered model "${name}" has no version ${version}`,
    hint:
      versions.length === 0
        ? `It has none yet. Run: falconry train ${name}`
        : `Name one of: ${versions.sort((one, other) => one - other).join(", ")}`,
  });
}
