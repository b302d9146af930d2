import type { models } from "@falconry/registry/models.ts";
import { estimate } from "./estimate.ts";
import { table } from "./table.ts";

/** @param metric by which the workload compares its candidates */
export function renderModels({ workload, versions }: Awaited<ReturnType<typeof models>>, metric: string): string {
  if (versions.length === 0) return `No version of ${workload} yet: falconry train ${workload}`;
  return table(
    ["version", "created", "run", "on the test part", "gates", "aliases", "serves"],
    versions.map(({ version, created, run, metrics, promotion, aliases, serves }) => [
      version,
      created.slice(0, 19).replace("T", " "),
      run.slice(0, 12),
      measured(metrics, metric),
      promotion === null
        ? ""
        : `${promotion.gates.filter((gate) => gate.passed).length} of ${promotion.gates.length} passed, ${promotion.state}`,
      aliases.join(", "),
      serves.join(", "),
    ]),
  );
}

/** With its 95 % interval, where the run logged one; nothing of a version that was not measured by it. */
function measured(metrics: Record<string, number>, metric: string): string {
  const [value, low, high] = ["", ".low", ".high"].map((end) => metrics[`test.${metric}${end}`]);
  return value === undefined ? "" : `${metric} ${estimate({ value, low, high })}`;
}
