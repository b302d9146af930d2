import type { PromotionEvent } from "../promotion/events.ts";

type Judgement = Extract<PromotionEvent, { type: "completing" }>["judgement"];

/**
 * The judge's word with its numbers; of a canary that is not healthy, what makes it so.
 *
 * @param said what has been told already and is not told again
 */
export function judged(
  { verdict, findings, requests, seconds }: Judgement,
  { champion, challenger }: Record<"champion" | "challenger", number | undefined>,
  said = "",
): string[] {
  const asked = [answered(requests.challenger, "the challenger", challenger), answered(requests.champion, "the champion", champion)];
  return [
    `canary: ${asked.join(", ")} in ${number(seconds)} s: ${verdict}`,
    ...findings
      .filter((finding) => verdict === "healthy" || finding.verdict !== "healthy")
      .filter(({ name, measured }) => !said.includes(`${name}: ${measured}`))
      .map(
        ({ name, measured, required, ...finding }) =>
          `${name}: ${measured}${finding.verdict === "healthy" ? "" : `; ${finding.verdict}, required: ${required}`}`,
      ),
  ];
}

function answered(requests: number, who: string, version: number | undefined): string {
  return `${number(requests)} requests to ${version === undefined ? who : `version ${version}`}`;
}

function number(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}
