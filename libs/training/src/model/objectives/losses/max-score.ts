import type { Loss } from './loss.js';
import { violations, weighted } from '../margin-expressions.js';

/**
 * The largest score minus the score of the true class, max(0, -margin): the negative log-likelihood with its
 * log-sum-exp replaced by a maximum. Equal scores cost nothing, so a network of zeros attains 0: use weights that
 * cannot be 0 (`binary`), or the hinge loss, which adds a margin to this loss. Source: Patil and Mintz 2022.
 */
export const maxScore: Loss = {
  of: (margin) => Math.max(0, -margin),
  encode: (context) => weighted(violations(context, 0)),
};
