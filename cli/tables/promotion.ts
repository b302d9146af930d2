import type { PromotionReport } from "@falconry/registry/promotion/report.ts";
import { passed, printable, table } from "./table.ts";

export function renderPromotion({ promotion, workload, version, state, gates, because }: PromotionReport): string {
  const drawn = table(
    ["gate", "", "measured", "required"],
    gates.map((gate) => [gate.name, passed(gate.passed), gate.measured, gate.required]),
  );
  const outcome = `${promotion}: ${workload} version ${version} is ${state.replaceAll("-", " ")}${because === undefined ? "" : `: ${printable(because)}`}`;
  const next = state === "awaiting-approval" ? `\nApprove it with: falconry approve ${promotion} --reason "…"` : "";
  return `${drawn}\n\n${outcome}${next}`;
}
