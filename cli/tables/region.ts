import { basename } from "node:path";
import type { down } from "@falconry/infra/local/down.ts";
import type { logs } from "@falconry/infra/local/logs.ts";
import type { RegionStatus } from "@falconry/infra/local/status.ts";
import colours from "picocolors";
import { table } from "./table.ts";

export function renderRegion({ directory, services }: RegionStatus): string {
  const drawn = table(
    ["service", "", "url", "pid"],
    services.map(({ name, healthy, url, pid }) => [
      name,
      healthy ? { text: "healthy", colour: colours.green } : { text: "down", colour: colours.red },
      url,
      pid ?? "",
    ]),
  );
  return `${drawn}\n\nIts state is in ${directory}`;
}

export function renderStopped({ directory, stopped }: Awaited<ReturnType<typeof down>>): string {
  return stopped === 0 ? `Nothing ran in ${directory}` : `Stopped ${stopped} processes; the state stays in ${directory}`;
}

export function renderLogs({ services }: Awaited<ReturnType<typeof logs>>): string {
  return services.map(({ file, lines }) => `${colours.bold(basename(file))}\n${lines.join("\n")}`).join("\n\n");
}
