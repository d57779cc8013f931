import type { LossName } from '../../../problem/objective.js';
import { marginOf, type Replay } from '../objective.js';
import { hinge } from './hinge.js';
import type { Loss } from './loss.js';
import { maxScore } from './max-score.js';
import { squaredHinge } from './squared-hinge.js';
import { zeroOne } from './zero-one.js';

const losses = {
  hinge,
  'zero-one': zeroOne,
  'squared-hinge': squaredHinge,
  'max-score': maxScore,
} satisfies Record<LossName, Loss>;

export const lossOf = (name: LossName): Loss => losses[name];

/** sum_k weight_k loss_k by the forward pass. */
export function lossValue(name: LossName, { scores, outputs, labels, sampleWeights, margin }: Replay): number {
  const loss = lossOf(name);
  let sum = 0;
  for (let k = 0; k < labels.length; k++)
    sum += sampleWeights[k] * loss.of(marginOf(scores, outputs, k, labels[k]), margin);
  return sum;
}
