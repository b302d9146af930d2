import { canonicalJson, sha256 } from "@falconry/environment/canonical.ts";
import { FalconryError } from "@falconry/environment/error.ts";
import { canarySettings } from "@falconry/model/canary.ts";
import { promotionSettingsSchema } from "@falconry/model/promotion-settings.ts";
import type { RegistryContext } from "../context.ts";
import { requireEndpoint } from "../endpoint/describe.ts";
import { requireGuarded } from "../endpoint/guardrails.ts";
import type { Operation } from "./operation.ts";
import { type PromotionReport, promotionReport, requireReason } from "./report.ts";
import { champion } from "./state.ts";
import { Story } from "./story.ts";

/**
 * Asks for a registered version to go live: records the request, with what the environment holds the workload's promotions to. Reconcile runs the gates.
 *
 * @param how `again`: why a version that was rolled back from should go live once more
 * @throws FalconryError `registry.version-unknown`, `registry.already-live`, `registry.promotion-in-flight`, `registry.was-rolled-back`,
 * `registry.endpoint-unguarded`, `registry.reason-missing`, `environment.no-endpoint`
 */
export async function promote(
  context: RegistryContext,
  workload: string,
  version: number,
  how: { again?: string } = {},
): Promise<PromotionReport> {
  const { environment } = context;
  const again = how.again === undefined ? undefined : requireReason(how.again);
  const story = await Story.read(context, workload);
  requireFree(story);
  await requireVersion(context, workload, version);
  const settings = promotionSettingsSchema.parse(story.endpoint.promotion);
  const { config } = await requireEndpoint(environment, story.endpoint);
  await requireGuarded(environment, story.endpoint, canarySettings(settings.rollout.canary));
  let id = "";
  await story.recordAnew(() => {
    requireFree(story);
    requireNews(story, version, config, again);
    id = story.nextId;
    const digest = sha256(canonicalJson(settings));
    return { type: "requested", promotion: id, version, settings, settingsDigest: digest, ...(again !== undefined && { again }) };
  });
  return promotionReport(workload, story.operation(id));
}

/** One promotion at a time. */
function requireFree({ state, workload, endpoint }: Story): void {
  const { inFlight } = state;
  if (inFlight === undefined) return;
  const { id, kind, version, progress } = inFlight;
  throw new FalconryError("registry.promotion-in-flight", {
    message: `${kind} ${id} of version ${version} is ${progress.state} on ${endpoint.name}`,
    hint:
      progress.state === "awaiting-approval"
        ? `Decide it first: falconry approve ${id} --reason "…", or falconry reject ${id} --reason "…"`
        : `Follow it to its end with: falconry watch ${workload}`,
  });
}

function requireNews({ state, workload }: Story, version: number, config: string, again: string | undefined): void {
  const live = champion(state);
  if (live?.version === version && live.config === config) {
    throw new FalconryError("registry.already-live", {
      message: `version ${version} of ${workload} is live already`,
      hint: `Promote another version; list them with: falconry models ${workload}`,
    });
  }
  if (again !== undefined || !state.rolledBackFrom.has(version)) return;
  throw new FalconryError("registry.was-rolled-back", {
    message: `version ${version} of ${workload} was rolled back from: ${whyLeft([...state.operations.values()], version)}`,
    hint: `Promote another version, or say why this one should go live once more: --again "…"`,
  });
}

/** Why the version was left when it was left last. */
function whyLeft(operations: readonly Operation[], version: number): string {
  const left = operations.findLast(({ progress }) => "wayBack" in progress && progress.wayBack?.from === version);
  return left !== undefined && "because" in left.progress && left.progress.because ? left.progress.because : "its history says why";
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
