import { FalconryError } from "@falconry/environment/error.ts";
import * as pulumi from "@pulumi/pulumi";
import { emulatorClients } from "../provider/clients.ts";
import { EmulatorEngine } from "./emulator-engine.ts";
import { EmulatorMonitor } from "./emulator-monitor.ts";
import type { ApplyRequest, ChildMessage } from "./messages.ts";
import { ResourceFile } from "./resource-file.ts";

/** Runs the Pulumi program once: a second import of it in the same process would register nothing. */
async function applyOnce(request: ApplyRequest): Promise<ChildMessage> {
  const file = await ResourceFile.open(request.directory);
  const engine = new EmulatorEngine(emulatorClients(request), file);
  const monitor = new EmulatorMonitor(engine);
  pulumi.runtime.setAllConfig(request.config);
  pulumi.runtime.setMockOptions(monitor, request.project, request.stack);
  // A failed create rejects outputs that nobody awaits; the monitor has kept the failure itself.
  let escaped: unknown;
  process.on("unhandledRejection", (reason) => {
    escaped ??= reason;
  });
  try {
    await pulumi.runtime.runInPulumiStack(() => import(request.program));
    await pulumi.runtime.disconnect();
  } catch (error) {
    escaped ??= error;
  }
  await monitor.settled();
  const failure = monitor.failures[0] ?? escaped;
  return failure === undefined ? { type: "done", report: engine.report() } : failed(failure);
}

function failed(error: unknown): ChildMessage {
  if (error instanceof FalconryError) return { type: "refused", code: error.code, message: error.message, hint: error.hint };
  return { type: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

process.once("message", async (request: ApplyRequest) => {
  const message = await applyOnce(request).catch(failed);
  process.send?.(message, () => process.exit());
});
// Whoever started this was killed: nothing may be changed behind its back.
process.once("disconnect", () => process.exit(1));
