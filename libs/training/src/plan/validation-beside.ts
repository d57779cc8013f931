// Tested by choose-view.unit.test.ts.
import { rowsByClass, someValidationRows, validationRows, type LoadedDataset } from '@mipnet/dataset';
import { TrainingError } from '../problem/training-error.js';

/** Validation rows of each class, unless the plan says another number. */
const usualPerClass = 100;

/** Of a class whose rows are all there to be trained on, unless the plan says another number. */
const usualShare = 1 / 5;

/**
 * Rows of each class to validate with, outside the training rows.
 *
 * A number in the plan is honoured or refused. Without one there are 100 of each class, or fewer: beside chosen
 * training rows as many as are left; if all rows are to be trained on, a fifth of the class, rounded down, but one of
 * two.
 * @param chosen the training rows; undefined: all that are not kept for validation
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
  // Without a choice of training rows, one of each class has to be left for training.
  const reserved = chosen === undefined ? 1 : 0;
  const left = rowsByClass(labels, classes.length, chosen).map((rows) => rows.length - reserved);
  const fewest = left.indexOf(Math.min(...left));
  if (left[fewest] < perClass) {
    const where =
      chosen === undefined
        ? `${left[fewest] + reserved} rows, one of which at least is to train on (dataset.perClass is left out)`
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
