import { TrainingError } from './training-error.js';
import type { View } from './training-problem.js';

/** `balanced`, or the weight of a sample of each class by the class's name; a class that is not named has 1. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/**
 * How much a sample of each class counts in the loss; one number per class of the data set.
 * Balanced: samples / (classes x samples of the class), so that every class counts as much as any other.
 * @param labels class of each training sample
 * @throws TrainingError 'plan' for a name that is no class
 */
export function classWeights(given: ClassWeights, labels: Int32Array, classes: readonly string[]): Float64Array {
  if (given !== 'balanced') {
    const stray = Object.keys(given).find((name) => !classes.includes(name));
    if (stray !== undefined)
      throw new TrainingError(
        'plan',
        `dataset.classWeights: there is no class '${stray}'; the classes are ${classes.join(', ')}`,
      );
    return Float64Array.from(classes, (name) => given[name] ?? 1);
  }
  const counts = new Float64Array(classes.length);
  for (const label of labels) counts[label]++;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 1 : labels.length / (present * count)));
}

/** The weight of a sample with this label of the view. */
export const weightOf = ({ classes, classWeights: weights }: View, label: number): number =>
  weights === undefined ? 1 : weights[classes[label]];

/** The view for a problem whose labels are not classes of the data set, such as the targets of one neuron. */
export function withoutClassWeights(view: View): View {
  const { classWeights: _, ...others } = view;
  return others;
}
