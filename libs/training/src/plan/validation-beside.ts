// Tested by choose-view.unit.test.ts.
import { rowsByClass, someValidationRows, validationRows, type LoadedDataset } from '@mipnet/dataset';
import { TrainingError } from '../problem/training-error.js';

/** Validation rows per class, unless the plan gives another number. */
const usualPerClass = 100;

/** Fraction of a class that is kept if all its rows are training rows, unless the plan gives another number. */
const usualShare = 1 / 5;

/**
 * Validation rows of each class, outside the training rows.
 *
 * If the plan gives a number that is not available, it is refused. Without a number there are at most 100 per class: of
 * the remaining rows if the training rows are chosen, otherwise a fifth of the class, rounded down, but at least one if
 * the class has two rows.
 * @param chosen the training rows; undefined: all rows that are not kept for validation
 * @throws TrainingError 'plan' that names the keys
 */
export function validationBeside(
  chosen: Int32Array | undefined,
  perClass: number | undefined,
  { train, classes }: LoadedDataset,
  seed: number,
): Int32Array {
  const { labels } = train;
  if (perClass === undefined) {
    const share = (left: number): number =>
      chosen === undefined ? Math.max(left > 1 ? 1 : 0, Math.floor(left * usualShare)) : left;
    return someValidationRows(
      labels,
      classes.length,
      chosen ?? [],
      (left) => Math.min(usualPerClass, share(left)),
      seed,
    );
  }
  if (perClass === 0) return new Int32Array();
  // Without a choice of training rows, one row per class must remain for training.
  const reserved = chosen === undefined ? 1 : 0;
  const left = rowsByClass(labels, classes.length, chosen).map((rows) => rows.length - reserved);
  const fewest = left.indexOf(Math.min(...left));
  if (left[fewest] < perClass) {
    const where =
      chosen === undefined
        ? `${left[fewest] + reserved} rows, at least one of which is a training row (dataset.perClass is left out)`
        : `${left[fewest]} rows outside the training rows`;
    const fix = left[fewest] > 0 ? `at most ${left[fewest]}` : '0';
    const others =
      chosen === undefined
        ? 'dataset.validationFraction'
        : 'choose fewer training rows (dataset.perClass, dataset.examples)';
    throw new TrainingError(
      'plan',
      `dataset.validationPerClass is ${perClass}, and class '${classes[fewest]}' has ${where}; ` +
        `set it to ${fix}, or ${chosen === undefined ? 'set ' : ''}${others}`,
    );
  }
  return validationRows(labels, classes, chosen ?? [], perClass, seed);
}
