import { mean } from "simple-statistics";

type Label = number | string;

/**
 * How often each class was predicted as each.
 *
 * @returns row: actual class, column: predicted class, both in the order of `classes`
 * @throws RangeError for a label that is none of the classes
 */
export function confusionMatrix(actual: readonly Label[], predicted: readonly Label[], classes: readonly Label[]): number[][] {
  if (actual.length !== predicted.length) throw new RangeError(`${actual.length} labels, ${predicted.length} predictions`);
  const matrix = classes.map(() => classes.map(() => 0));
  for (const [row, label] of actual.entries()) {
    const cells = matrix[classes.indexOf(label)];
    const column = classes.indexOf(predicted[row] ?? "");
    const count = cells?.[column];
    if (cells === undefined || count === undefined)
      throw new RangeError(`row ${row}: ${label} predicted as ${predicted[row]}, classes are ${classes.join(", ")}`);
    cells[column] = count + 1;
  }
  return matrix;
}

/** Share of the rows predicted right, in [0, 1]; NaN of no rows. */
export function accuracy(confusion: readonly (readonly number[])[]): number {
  return correct(confusion) / total(confusion.flat());
}

/**
 * Mean recall of the classes that occur, in [0, 1]; NaN of no rows.
 *
 * @see Brodersen et al. (2010), The balanced accuracy and its posterior distribution; the same as scikit-learn's balanced_accuracy_score
 */
export function balancedAccuracy(confusion: readonly (readonly number[])[]): number {
  const recalls = confusion.flatMap((row, index) => (total(row) === 0 ? [] : [(row[index] ?? 0) / total(row)]));
  return recalls.length === 0 ? Number.NaN : mean(recalls);
}

/** Rows predicted right. */
export function correct(confusion: readonly (readonly number[])[]): number {
  return total(confusion.map((row, index) => row[index] ?? 0));
}

/**
 * Area under the ROC curve: the probability that a positive scores above a negative, ties counting half; in [0, 1].
 *
 * @returns NaN where all rows are of one class, or a score is NaN: there is nothing to compare
 * @see Hanley and McNeil (1982): it is the Mann-Whitney U of the positives, over positives x negatives
 */
export function rocAuc(isPositive: readonly boolean[], scores: readonly number[]): number {
  if (isPositive.length !== scores.length) throw new RangeError(`${isPositive.length} labels, ${scores.length} scores`);
  const positives = Float64Array.from(scores.filter((_, row) => isPositive[row])).sort();
  const negatives = Float64Array.from(scores.filter((_, row) => !isPositive[row])).sort();
  if (positives.length === 0 || negatives.length === 0 || scores.some(Number.isNaN)) return Number.NaN;
  // numbers sorted by themselves, not as ranks of objects: a bootstrap asks a thousand times
  let [below, notAbove, u] = [0, 0, 0];
  for (const score of positives) {
    while ((negatives[below] ?? Number.NaN) < score) below += 1;
    while ((negatives[notAbove] ?? Number.NaN) <= score) notAbove += 1;
    u += (below + notAbove) / 2;
  }
  return u / (positives.length * negatives.length);
}

/**
 * Mean negative log-likelihood of the actual classes, in nats, 0 or more. Probabilities are clipped to [epsilon, 1 - epsilon], as
 * scikit-learn's log_loss does.
 *
 * @param probabilities row x class, in the order of `classes`
 */
export function logLoss(actual: readonly Label[], probabilities: readonly (readonly number[])[], classes: readonly Label[]): number {
  if (actual.length !== probabilities.length)
    throw new RangeError(`${actual.length} labels, ${probabilities.length} rows of probabilities`);
  const losses = actual.map((label, row) => {
    const probability = probabilities[row]?.[classes.indexOf(label)];
    if (probability === undefined) throw new RangeError(`row ${row}: no probability of ${label}, classes are ${classes.join(", ")}`);
    return -Math.log(Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON));
  });
  return losses.length === 0 ? Number.NaN : mean(losses);
}

/**
 * Mean squared distance of probabilities and truth: of two classes that of one of them, in [0, 1]; of more the sum over them, in [0, 2]. The
 * same as scikit-learn's brier_score_loss. NaN of no rows.
 *
 * @param probabilities row x class, in the order of `classes`
 * @see Brier (1950), Verification of forecasts expressed in terms of probability
 */
export function brierScore(actual: readonly Label[], probabilities: readonly (readonly number[])[], classes: readonly Label[]): number {
  if (actual.length !== probabilities.length)
    throw new RangeError(`${actual.length} labels, ${probabilities.length} rows of probabilities`);
  const distances = actual.map((label, row) =>
    total(classes.map((name, column) => ((probabilities[row]?.[column] ?? Number.NaN) - (name === label ? 1 : 0)) ** 2)),
  );
  return total(distances) / distances.length / (classes.length === 2 ? 2 : 1);
}

/** Root of the mean squared error, in the target's unit, 0 or more; NaN of no rows. */
export function rootMeanSquaredError(actual: readonly number[], predicted: readonly number[]): number {
  return Math.sqrt(total(errors(actual, predicted).map((error) => error * error)) / actual.length);
}

/** Mean of the errors' size, in the target's unit, 0 or more; NaN of no rows. */
export function meanAbsoluteError(actual: readonly number[], predicted: readonly number[]): number {
  return total(errors(actual, predicted).map(Math.abs)) / actual.length;
}

/**
 * Share of the target's variance that the predictions explain, at most 1; 0 is what the mean of these rows reaches, and a model may do
 * worse. The same as scikit-learn's r2_score.
 *
 * @returns NaN where the target does not vary: there is nothing to explain
 */
export function rSquared(actual: readonly number[], predicted: readonly number[]): number {
  const centre = total(actual) / actual.length;
  const spread = total(actual.map((value) => (value - centre) ** 2));
  if (!(spread > 0)) return Number.NaN;
  return 1 - total(errors(actual, predicted).map((error) => error * error)) / spread;
}

function errors(actual: readonly number[], predicted: readonly number[]): number[] {
  if (actual.length !== predicted.length) throw new RangeError(`${actual.length} values, ${predicted.length} predictions`);
  return actual.map((value, row) => (predicted[row] ?? Number.NaN) - value);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
