import { listedClasses } from '@mipnet/dataset';
import { isAffine, networkShapes, sizeOf, withoutPlace, type Layer } from '@mipnet/network';
import { firstFree } from '../problem/free-layers.js';
import { TrainingError } from '../problem/training-error.js';
import type { FreeLayer, TrainingProblem } from '../problem/training-problem.js';

/**
 * The layers of a MIP: from the first free one to the last affine one. The outputs of the last one are the scores. An
 * activation after them turns scores into votes and does not change which class wins.
 */
export interface FreeSpan {
  readonly from: number;
  /** One past the last affine layer. */
  readonly to: number;
  readonly layers: readonly Layer[];
  readonly free: readonly (FreeLayer | null)[];
  /** Number of scores: 1 for two classes, else one per class. */
  readonly outputs: number;
}

/**
 * @param classNames for the message about outputs that do not fit, if the caller has them
 * @throws TrainingError 'problem' if no layer is free, or the number of scores does not fit the classes
 */
export function freeSpan(problem: TrainingProblem, classNames: readonly string[] = []): FreeSpan {
  const { network, free } = problem;
  const from = firstFree(problem);
  if (from < 0) throw new TrainingError('problem', `${problem.name}: no layer is free, so there is nothing to train`);
  const to = network.layers.findLastIndex(isAffine) + 1;
  const outputs = sizeOf(networkShapes(network)[to - 1]);
  const classes = problem.view.classes.length;
  if (!(outputs === classes || (outputs === 1 && classes === 2))) {
    throw new TrainingError(
      'problem',
      `${problem.name}: the network has ${outputs} outputs for ${classes} classes; give ` +
        `it ${classes === 2 ? '1 or 2' : classes}, or ` +
        'split by ' +
        `pairs${classNames.length === 0 ? '' : `. The classes are ${listedClasses(classNames)}`}`,
    );
  }
  return { from, to, layers: network.layers.slice(from, to).map(withoutPlace), free: free.slice(from, to), outputs };
}
