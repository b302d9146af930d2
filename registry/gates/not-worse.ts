import { answersOn, columnOf, keysOf, rowsAt } from "./answers.ts";
import type { Gate } from "./gate.ts";
import { score } from "./score.ts";
import { Unmeasurable } from "./unmeasurable.ts";

/** Candidate and champion answer the same rows: test rows of the candidate that the champion was not fitted on either. */
export const notWorse: Gate = {
  name: "not-worse-than-champion",
  required: ({ metric, gates }) =>
    `${metric} at most ${gates.tolerance ?? 0} below the champion's, on ${gates.minimumRows} or more rows new to both`,
  async measure({ candidate, champion, settings: { metric, gates } }) {
    if (champion === undefined) return { passed: true, measured: "there is no champion yet" };
    const featureSet = await candidate.featureSet();
    const test = await candidate.test();
    const seen = new Set(keysOf(await champion.train(), featureSet.key));
    const keys = keysOf(test, featureSet.key);
    const places = [...keys.keys()].filter((row) => !seen.has(keys[row] ?? ""));
    if (places.length < gates.minimumRows) {
      throw new Unmeasurable(
        `only ${places.length} of the candidate's ${test.rows} test rows are new to champion version ${champion.version}; ${gates.minimumRows} are needed`,
      );
    }
    const rows = rowsAt(test, places);
    const [own, other] = [await candidate.model(), await champion.model()];
    const [ownAnswers, otherAnswers] = [await answersOn(own, rows), await answersOn(other, rows)];
    const value = score(metric, featureSet, rows, ownAnswers, own.classes);
    const reference = score(metric, featureSet, rows, otherAnswers, other.classes);
    return {
      passed: value >= reference - (gates.tolerance ?? 0),
      measured: `${metric} ${value.toFixed(4)}, champion version ${champion.version} has ${reference.toFixed(4)}, on ${rows.rows} rows`,
      evidence: {
        value,
        reference,
        keys: places.map((place) => keys[place]),
        truth: columnOf(rows, featureSet.target),
        candidate: ownAnswers.predictions,
        champion: otherAnswers.predictions,
      },
    };
  },
};
