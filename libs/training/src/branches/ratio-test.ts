// Tested by dual-simplex.unit.test.ts.
/** The columns that may enter the basis; the arrays have one place per column. */
export interface RatioTest {
  /** Columns whose change helps the leaving one, in the first `count` places; overwritten. */
  readonly candidates: Int32Array;
  readonly count: number;
  /** How far the multipliers may move until the reduced cost of a column is 0. */
  readonly ratio: Float64Array;
  /** The row of the tableau. */
  readonly alpha: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface Entering {
  /** -1 if the leaving column cannot reach its bound. */
  readonly entering: number;
  /** Columns that change to their other bound. */
  readonly flips: readonly number[];
  /** What is missing at the end. */
  readonly slope: number;
}

/**
 * The ratio test with long steps: the dual objective grows while `slope`, what the leaving column lacks to its bound,
 * is positive; columns before its end change to their other bound. Of equal ratios, the largest pivot goes first.
 * @param missing what the leaving column lacks at first
 */
export function ratioTest(test: RatioTest, missing: number): Entering {
  const { candidates, count, ratio, alpha, lower, upper } = test;
  const flips: number[] = [];
  let slope = missing;
  for (let left = count; left > 0;) {
    let chosen = 0;
    for (let k = 1; k < left; k++) {
      const difference = ratio[candidates[k]] - ratio[candidates[chosen]];
      const isLarger = Math.abs(alpha[candidates[k]]) > Math.abs(alpha[candidates[chosen]]);
      if (difference < -1e-12 || (difference <= 1e-12 && isLarger)) chosen = k;
    }
    const j = candidates[chosen];
    candidates[chosen] = candidates[--left];
    const after = slope - (upper[j] - lower[j]) * Math.abs(alpha[j]);
    if (!(after >= 0)) return { entering: j, flips, slope };
    slope = after;
    flips.push(j);
  }
  return { entering: -1, flips, slope };
}
