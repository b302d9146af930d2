import type { PromotionReport } from "@falconry/registry/promotion/report.ts";
import { runFalconry } from "./run-falconry.ts";

/** Runs `falconry` with `--json`. @returns its document @throws Error where it ends with anything but 0 */
export async function falconryDocument(
  args: string[],
  { input = "", variables = {} }: { input?: string; variables?: NodeJS.ProcessEnv } = {},
) {
  const { exitCode, stdout, stderr } = await runFalconry([...args, "--json"], { input, variables });
  if (exitCode === 0) return JSON.parse(stdout);
  throw new Error(`falconry ${args.join(" ")} ended with ${exitCode}: ${stdout}\n${stderr}`);
}

/** Whatever an earlier test left in flight comes to its end; what waits for an approval is turned down. The scientist is logged in afterwards. */
export async function settle(workload: string, variables: NodeJS.ProcessEnv = {}): Promise<void> {
  await falconryDocument(["login", "approver"], { variables });
  await runFalconry(["watch", workload, "--json"], { variables });
  const { workloads } = await falconryDocument(["status", workload], { variables });
  for (const { challenger } of workloads) {
    if (challenger) await falconryDocument(["reject", challenger.promotion, "--reason", "a test begins"], { variables });
  }
  await falconryDocument(["login", "scientist"], { variables });
}

/** Asks for a version as one person, approves it as another, and follows it to its end. The scientist is logged in before and afterwards. */
export async function promoted(workload: string, version: number, variables: NodeJS.ProcessEnv = {}): Promise<PromotionReport> {
  const { promotion } = await falconryDocument(["promote", workload, "--version", String(version)], { variables });
  await falconryDocument(["login", "approver"], { variables });
  await falconryDocument(["approve", promotion, "--reason", "a champion is needed"], { variables });
  await falconryDocument(["login", "scientist"], { variables });
  return (await falconryDocument(["watch", workload, "--promotion", promotion], { variables })).report;
}
