import type { ComparedRun, MeasuredValue, Pair, RunComparison } from "@falconry/training/runs/compare-runs.ts";
import { estimate } from "./estimate.ts";
import { shortDigest, table } from "./table.ts";

export function renderComparison({ one, other, parameters, metrics, slices }: RunComparison): string {
  const heading = (what: string) => [what, nameOf(one), nameOf(other), ""];
  const about = [
    digests("run", one.run, other.run),
    digests("dataset", one.dataset, other.dataset),
    digests("features", one.features, other.features),
    digests("code", one.commit, other.commit),
    row("trained by", one.trainedBy, other.trainedBy),
  ];
  return [
    table(heading("training"), about),
    parameters.length === 0
      ? "All parameters are the same."
      : table(
          heading("parameter"),
          parameters.map(({ name, one, other }) => row(name, one, other)),
        ),
    table(heading("on the test part"), metrics.map(measuredRow)),
    slices.length === 0
      ? "No slice of the test part differs by more than chance explains."
      : table(heading("slice"), slices.map(measuredRow)),
  ].join("\n\n");
}

function nameOf({ run, versions }: ComparedRun): string {
  return versions[0] ?? shortDigest(run);
}

function digests(name: string, one: string | null, other: string | null): string[] {
  return row(name, one && shortDigest(one), other && shortDigest(other));
}

function row(name: string, one: string | null, other: string | null): string[] {
  return [name, one ?? "", other ?? "", one === other ? "the same" : "differs"];
}

function measuredRow({ name, one, other }: Pair<MeasuredValue>): string[] {
  const difference = one === null || other === null ? "" : (other.value - one.value).toFixed(4);
  return [name, shown(one), shown(other), difference.startsWith("-") || difference === "" ? difference : `+${difference}`];
}

function shown(measured: MeasuredValue | null): string {
  return measured === null ? "" : estimate(measured);
}
