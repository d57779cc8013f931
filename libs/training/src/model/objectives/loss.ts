import type { LinearExpression } from '@mipnet/mip';
import { hinge } from './hinge.js';
import { maxScore } from './max-score.js';
import type { FitLoss, ObjectiveContext, Replay } from './objective.js';
import { marginOf } from './objective.js';
import { squaredHinge } from './squared-hinge.js';
import { zeroOne } from './zero-one.js';

/**
 * A loss of a fit: a function of the margin of one sample, by which it is right (y s for one score, the true score minus
 * the best other one for several), and its formulation. Never negative.
 */
export interface Loss {
  of(margin: number, rho: number): number;
  /** Adds sum_k weight_k loss_k to the model; returns the expression to minimise. */
  encode(context: ObjectiveContext): LinearExpression;
}

const losses: Readonly<Record<FitLoss, Loss>> = {
  hinge,
  'zero-one': zeroOne,
  'squared-hinge': squaredHinge,
  'max-score': maxScore,
};

export const lossOf = (name: FitLoss): Loss => losses[name];

/** sum_k weight_k loss_k by the forward pass. */
export function lossValue(name: FitLoss, { scores, outputs, labels, sampleWeights, margin }: Replay): number {
  const loss = lossOf(name);
  let sum = 0;
  for (let k = 0; k < labels.length; k++)
    sum += sampleWeights[k] * loss.of(marginOf(scores, outputs, k, labels[k]), margin);
  return sum;
}
