import type { PromotionReport } from "@falconry/registry/promotion/report.ts";
import { passed, printable, table } from "./table.ts";

export function renderPromotion(report: PromotionReport): string {
  const { gates } = report;
  const drawn = table(
    ["gate", "", "measured", "required"],
    gates.map((gate) => [gate.name, passed(gate.passed), gate.measured, gate.required]),
  );
  return [...(gates.length === 0 ? [] : [`${drawn}\n`]), renderState(report)].join("\n");
}

/** Where it stands, and the next command where somebody has something to do. */
export function renderState({ promotion, kind, workload, version, state, because }: PromotionReport): string {
  const what = kind === "promotion" ? `${workload} version ${version}` : `the ${kind} of ${workload} to version ${version}`;
  const stands = `${promotion}: ${what} is ${state.replaceAll("-", " ")}${because === undefined ? "" : `: ${printable(because)}`}`;
  return [stands, ...next(promotion, workload, state)].join("\n");
}

function next(promotion: string, workload: string, state: PromotionReport["state"]): string[] {
  switch (state) {
    case "requested":
      return [`Its gates are being run; follow it with: falconry watch ${workload}`];
    case "awaiting-approval":
      return [`An approver decides, with: falconry approve ${promotion} --reason "…"`];
    case "approved":
      return [`It is being deployed; follow it with: falconry watch ${workload}`];
    default:
      return [];
  }
}
