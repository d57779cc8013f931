/**
 * How an MPS file says lower <= row <= upper: a type, a right-hand side, and a range if there are two finite bounds.
 */
export interface RowSides {
  readonly type: 'N' | 'E' | 'L' | 'G';
  readonly side: number;
  readonly range: number;
}

/**
 * A range is the difference of the bounds, and a reader adds it to one of them, with rounding. Of the few numbers
 * beside the difference, and of both bounds, one is taken that gives the other bound to the last bit. If none does, the
 * row gets wider and never narrower, so that no point is lost.
 */
export function rowSides(lower: number, upper: number): RowSides {
  if (lower === upper) return { type: 'E', side: lower, range: 0 };
  if (lower === -Infinity)
    return upper === Infinity ? { type: 'N', side: 0, range: 0 } : { type: 'L', side: upper, range: 0 };
  if (upper === Infinity) return { type: 'G', side: lower, range: 0 };
  const difference = upper - lower;
  const ulp = Math.abs(difference) * 2 ** -52;
  const ranges = [difference, difference - ulp, difference + ulp];
  for (const range of ranges) {
    if (lower + range === upper) return { type: 'G', side: lower, range };
    if (upper - range === lower) return { type: 'L', side: upper, range };
  }
  return { type: 'G', side: lower, range: ranges.find((range) => lower + range >= upper) ?? difference + 2 * ulp };
}
