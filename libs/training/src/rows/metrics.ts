import { argmax } from '@mipnet/network';

/** How well predictions fit the classes of some rows. */
export interface Metrics {
  readonly rows: number;
  /** Fraction of the rows whose class is predicted. */
  readonly accuracy: number;
  /** Mean over the classes that occur of the fraction of a class's rows that is predicted (recall). */
  readonly balancedAccuracy: number;
  /** Mean over the classes that occur of F1, the harmonic mean of precision and recall (macro average). */
  readonly f1: number;
  /**
   * Area under the ROC curve: how often a row of the class has a higher score for it than a row of another class, ties
   * counting half; with more than two classes the mean over the classes that occur, each against the rest. Null if only
   * one class occurs.
   */
  readonly auc: number | null;
  /** classes x classes: the row is the true class, the column the predicted one. */
  readonly confusion: readonly (readonly number[])[];
}

/** Scores of rows and what they are scores of. */
export interface ScoredRows {
  /** rows x outputs, row-major. One output: the score of class 1 against class 0. */
  readonly scores: ArrayLike<number>;
  /** Class index of each row. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  /** The score from which on a network with one output predicts class 1. */
  readonly threshold: number;
}

/** @returns null without rows */
export function metricsOf({ scores, labels, classes, threshold }: ScoredRows): Metrics | null {
  const rows = labels.length;
  if (rows === 0) return null;
  const outputs = scores.length / rows;
  const predicted = argmax(Float64Array.from(scores), outputs, threshold);
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < rows; row++) confusion[labels[row]][predicted[row]]++;
  const occurring = confusion.flatMap((counts, label) => (sum(counts) > 0 ? [label] : []));
  const recall = (label: number): number => confusion[label][label] / sum(confusion[label]);
  const f1 = (label: number): number =>
    (2 * confusion[label][label]) / (sum(confusion[label]) + sum(confusion.map((counts) => counts[label])));
  const scoreOf = (label: number) => (row: number) =>
    outputs > 1 ? scores[row * outputs + label] : label === 1 ? scores[row] : -scores[row];
  const judged = classes === 2 ? occurring.slice(-1) : occurring;
  return {
    rows,
    accuracy: sum(occurring.map((label) => confusion[label][label])) / rows,
    balancedAccuracy: mean(occurring.map(recall)),
    f1: mean(occurring.map(f1)),
    auc:
      occurring.length < 2
        ? null
        : mean(judged.map((label) => areaUnderCurve(rows, scoreOf(label), (row) => labels[row] === label))),
    confusion,
  };
}

/** By ranks (Mann-Whitney): equal scores have their mean rank. Rows of both kinds must occur. */
function areaUnderCurve(rows: number, scoreOf: (row: number) => number, isPositive: (row: number) => boolean): number {
  const keys = Float64Array.from({ length: rows }, (_, row) => scoreOf(row));
  const order = Array.from(keys.keys()).sort((one, other) => keys[one] - keys[other]);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < rows;) {
    let to = from + 1;
    while (to < rows && keys[order[to]] === keys[order[from]]) to++;
    const rank = (from + to + 1) / 2;
    for (let at = from; at < to; at++) {
      if (!isPositive(order[at])) continue;
      positives++;
      rankSum += rank;
    }
    from = to;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (rows - positives));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
