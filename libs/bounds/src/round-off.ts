/**
 * Twice the unit round-off of float64. A sum of n products, in any order, has an error of at most n + 1 unit round-offs
 * times the sum of the absolute products (for n below 2^50). Twice the unit also covers the rounding of this
 * computation itself. Source: Higham, Accuracy and Stability of Numerical Algorithms, section 3.1.
 */
const unit = 2 ** -52;

/** The largest error of n operations on terms whose absolute values sum to `size`. */
export const roundOff = (n: number, size: number): number =>
  size === 0 ? 0 : (n + 4) * unit * size + Number.MIN_VALUE;
