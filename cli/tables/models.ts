import type { models } from "@falconry/registry/models.ts";
import { table } from "./table.ts";

export function renderModels({ workload, versions }: Awaited<ReturnType<typeof models>>): string {
  if (versions.length === 0) return `No version of ${workload} yet: falconry train ${workload}`;
  return table(
    ["version", "created", "run", "on the test part", "gates", "aliases", "serves"],
    versions.map(({ version, created, run, metrics, promotion, aliases, serves }) => [
      version,
      created.slice(0, 19).replace("T", " "),
      run.slice(0, 12),
      mainMetric(metrics),
      promotion === null
        ? ""
        : `${promotion.gates.filter((gate) => gate.passed).length} of ${promotion.gates.length} passed, ${promotion.state}`,
      aliases.join(", "),
      serves.join(", "),
    ]),
  );
}

/** Of classes the accuracy, of a regression the share of the variance that it explains. */
function mainMetric(metrics: Record<string, number>): string {
  const shown = ["accuracy", "r2"].flatMap((name) => {
    const value = metrics[`test.${name}`];
    return value === undefined ? [] : [`${name} ${value.toFixed(4)}`];
  });
  return shown.join(", ");
}
