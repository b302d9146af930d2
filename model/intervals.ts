import { bisect, mean, quantile, sampleVariance } from "simple-statistics";

/** Where a value lies with 95 % confidence. */
export interface Interval {
  low: number;
  high: number;
}

/** The 97.5 % quantile of the standard normal distribution. */
export const z = 1.959963984540054;

/**
 * 95 % interval of a proportion, such as an accuracy. Holds for few rows and for proportions near 0 and 1, and stays inside [0, 1].
 *
 * @param successes of `trials`, at least one trial
 * @see Wilson (1927), Probable inference; Brown, Cai and DasGupta (2001) recommend it for small samples
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (!(trials > 0 && successes >= 0 && successes <= trials)) throw new RangeError(`${successes} of ${trials} is no proportion`);
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const spread = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const scale = 1 + (z * z) / trials;
  return { low: successes === 0 ? 0 : (centre - spread) / scale, high: successes === trials ? 1 : (centre + spread) / scale };
}

/** Of so many trials, so many had the property. Neither need be whole, where trials that are alike weigh less than one. */
export interface Proportion {
  successes: number;
  trials: number;
}

/**
 * 95 % interval of how much larger the second proportion is than the first, of independent samples; holds for few trials and near 0 and 1.
 *
 * @param before at least one trial, as `after`
 * @see Newcombe (1998), Interval estimation for the difference between independent proportions, method 10
 */
export function differenceInterval(before: Proportion, after: Proportion): Interval {
  const [first, second] = [before.successes / before.trials, after.successes / after.trials];
  const [ofFirst, ofSecond] = [wilsonInterval(before.successes, before.trials), wilsonInterval(after.successes, after.trials)];
  return {
    low: second - first - Math.hypot(second - ofSecond.low, ofFirst.high - first),
    high: second - first + Math.hypot(ofSecond.high - second, first - ofFirst.low),
  };
}

/**
 * Mean of a k-fold cross-validation with a 95 % interval. Folds share training rows, so their values vary less than independent
 * ones would: the variance of the mean is s^2 (1/n + 1/(k - 1)), not s^2 / n.
 *
 * @param values one per fold, n in all, at least two. A fold whose rows do not allow the statistic (NaN) does not count: of the mean is left
 *   what the other folds say, of the interval nothing where that is fewer than two
 * @param repeats how often the rows were dealt into folds anew: k = n / repeats
 * @see Nadeau and Bengio (2003), Inference for the generalization error (the corrected t interval, with test/train = 1/(k - 1))
 */
export function foldsInterval(values: readonly number[], repeats = 1): Interval & { mean: number } {
  const folds = values.length / repeats;
  if (folds < 2) throw new RangeError("an interval needs at least two folds");
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < 2) return { mean: known[0] ?? Number.NaN, low: Number.NaN, high: Number.NaN };
  const centre = mean(known);
  const spread = studentQuantile(known.length - 1) * Math.sqrt(sampleVariance(known) * (1 / known.length + 1 / (folds - 1)));
  return { mean: centre, low: centre - spread, high: centre + spread };
}

/** Enough for two digits of the bounds; of many rows, whose statistics vary less, fewer will do. */
const [mostResamples, fewestResamples] = [1000, 200];
const resampledRows = 4_000_000;

/**
 * 95 % interval of any statistic of some rows, by the percentile bootstrap. Resamples on which the statistic is NaN (a class
 * that was not drawn) do not count; NaN where none counts.
 *
 * @param statistic of a list of row numbers in [0, rows), with repetitions
 * @param random uniform in [0, 1); seed it for the same interval again
 * @see Efron (1979), Bootstrap methods: another look at the jackknife
 */
export function bootstrapInterval(rows: number, statistic: (rows: number[]) => number, random: () => number): Interval {
  return bootstrapIntervals(rows, (drawn) => ({ statistic: statistic(drawn) }), random)("statistic");
}

/**
 * The same of several statistics at once: each resample is drawn once for all of them.
 *
 * @param statistics of row numbers, which are others at the next call
 * @returns a statistic's interval. One that chance only makes larger, such as a calibration error, is larger still on resamples: with the
 *   `value` that it has on the rows themselves the interval is moved back by that excess.
 */
export function bootstrapIntervals<Name extends string>(
  rows: number,
  statistics: (rows: number[]) => Record<Name, number>,
  random: () => number,
): (name: Name, value?: number) => Interval {
  const resamples = Math.max(fewestResamples, Math.min(mostResamples, Math.floor(resampledRows / rows)));
  const drawn = new Array<number>(rows);
  const found = Array.from({ length: resamples }, () => {
    for (let index = 0; index < rows; index++) drawn[index] = Math.floor(random() * rows);
    return statistics(drawn);
  });
  return (name, value) => {
    const values = found.map((ofResample) => ofResample[name]).filter((value) => !Number.isNaN(value));
    if (values.length === 0) return { low: Number.NaN, high: Number.NaN };
    const excess = value === undefined ? 0 : mean(values) - value;
    return { low: quantile(values, 0.025) - excess, high: quantile(values, 0.975) - excess };
  };
}

/** The 97.5 % quantile of Student's t with a whole number of degrees of freedom. */
function studentQuantile(degrees: number): number {
  const angle = bisect((angle) => centralShare(angle, degrees) - 0.95, 0, Math.PI / 2, 200, 1e-12);
  return Math.sqrt(degrees) * Math.tan(angle);
}

/** P(|T| <= t) where t = sqrt(degrees) tan(angle). @see Abramowitz and Stegun (1964), 26.7.3 and 26.7.4 */
function centralShare(angle: number, degrees: number): number {
  const odd = degrees % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= ((power - 1) / power) * Math.cos(angle) ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
