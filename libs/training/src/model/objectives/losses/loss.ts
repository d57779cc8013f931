import type { LinearExpression } from '@mipnet/mip';
import type { ObjectiveContext } from '../objective.js';

/**
 * A loss of a fit: a function of the margin of one sample, by which it is right (y s for one score, the true score
 * minus the best other one for several), and its formulation. Never negative.
 */
export interface Loss {
  of(margin: number, rho: number): number;
  /** Adds sum_k weight_k loss_k to the model; returns the expression to minimise. */
  encode(context: ObjectiveContext): LinearExpression;
}
