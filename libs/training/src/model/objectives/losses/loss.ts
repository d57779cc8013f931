import type { LinearExpression } from '@mipnet/mip';
import type { ObjectiveContext } from '../objective.js';

/**
 * A loss of a fit and its formulation: a function of the margin of one sample (y s for one score, the true score minus
 * the best other one for several). Never negative.
 */
export interface Loss {
  of(margin: number, rho: number): number;
  /** Adds sum_k weight_k loss_k to the model; returns the expression to minimise. */
  encode(context: ObjectiveContext): LinearExpression;
}
