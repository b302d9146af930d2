import type { Proportion } from "@falconry/model/intervals.ts";
import { rise } from "../statistics/rise.ts";
import { type Finding, verdictOn } from "../verdict.ts";

/** What was counted, and how much larger the challenger's share of it may be. */
interface Question {
  name: string;
  /** Plural, for people. */
  of: string;
  champion: Proportion;
  challenger: Proportion;
  minimumTrials: number;
  margin: number;
  significance: number;
}

/** Whether the challenger has a larger share of something bad; inconclusive where either has too few trials. */
export function proportionFinding({ name, of, champion, challenger, minimumTrials, margin, significance }: Question): Finding {
  const required = `a share at most ${percent(margin)} above the champion's, of ${minimumTrials} or more each`;
  if (Math.min(champion.trials, challenger.trials) < minimumTrials) {
    const measured = `${challenger.trials} ${of}, the champion ${champion.trials}`;
    return { name, verdict: "inconclusive", measured, required, numbers: {} };
  }
  const difference = rise(champion, challenger);
  return {
    name,
    verdict: verdictOn(difference, margin, significance),
    measured: `${inWords(challenger)} ${of}, the champion ${inWords(champion)}; at most ${percent(difference.atMost)} more`,
    required,
    numbers: {
      champion: champion.successes / champion.trials,
      challenger: challenger.successes / challenger.trials,
      ...difference,
      margin,
    },
  };
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function inWords({ successes, trials }: Proportion): string {
  return `${percent(successes / trials)} of ${trials}`;
}
