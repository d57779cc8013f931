/**
 * Twice the unit round-off of float64. A sum of n products, in any order, is off by at most n + 1 unit round-offs times
 * the sum of the absolute products (for n below 2^50); counting with twice the unit covers the rounding of the
 * bookkeeping itself. Source: Higham, Accuracy and Stability of Numerical Algorithms, section 3.1.
 */
const unit = 2 ** -52;

/** What n operations on terms whose absolute values sum to `size` can be off by. */
export const roundOff = (n: number, size: number): number =>
  size === 0 ? 0 : (n + 4) * unit * size + Number.MIN_VALUE;
