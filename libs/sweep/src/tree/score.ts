import type { RungRun } from '../problem/sweep-problem.js';

/** Mean and spread of several figures. */
export interface Spread {
  readonly mean: number;
  /** Sample standard deviation; null for one figure. */
  readonly sd: number | null;
  readonly count: number;
}

/** null without figures. */
export function spreadOf(figures: readonly number[]): Spread | null {
  const count = figures.length;
  if (count === 0) return null;
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / count;
  const squares = figures.reduce((sum, figure) => sum + (figure - mean) ** 2, 0);
  return { mean, sd: count === 1 ? null : Math.sqrt(squares / (count - 1)), count };
}

/** Accuracies are fractions of at most some thousand rows: differences below this are round-off of the mean. */
const tie = 1e-9;

/**
 * The settings, best first: by the mean accuracy on validation rows over repeats and folds. Of equally good ones, the
 * earlier one comes first. A setting is left out if one of its trainings has no result.
 */
export function ranked(settings: readonly number[], runs: readonly RungRun[]): readonly number[] {
  const scored = [...settings]
    .sort((one, other) => one - other)
    .flatMap((setting) => {
      const own = runs.filter((run) => run.setting === setting).map(({ validation }) => validation);
      const known = own.filter((validation) => validation !== null);
      return known.length === 0 || known.length < own.length ? [] : [{ setting, mean: spreadOf(known)!.mean }];
    });
  return scored
    .sort((one, other) => (Math.abs(one.mean - other.mean) < tie ? one.setting - other.setting : other.mean - one.mean))
    .map(({ setting }) => setting);
}
