import { marginOf } from './margin-network.js';
import type { Conjunction, OutputRow, Query } from './query.js';
import type { Box } from './region.js';
import { VerificationError } from './verification-error.js';

/**
 * Certified lower bounds, over all inputs of a box, of linear functions of the outputs: entry k is at most
 * min over x of functions[k].coefficients . y(x) + functions[k].constant, rounding included. Minus infinity is allowed.
 */
export type BoundOutputs = (box: Box, functions: readonly OutputRow[]) => Float64Array;

export interface BoundsVerdict {
  /** Every conjunction has a row that nothing in the box satisfies. */
  readonly robust: boolean;
  /**
   * Lower bound on minus the unsafe value over the region: above zero, or zero with strict rows, when robust. Infinite
   * when nothing is unsafe.
   */
  readonly bound: number;
  /** The same over the conjunctions that are settled, which whoever goes on with the open ones does not see. */
  readonly settledBound: number;
  /** Positions in `query.unsafe` of the conjunctions that remain possible, the least excluded first. */
  readonly open: readonly number[];
}

/**
 * Tries to settle a query with bounds alone. A conjunction is impossible when the negative of one of its rows has a
 * lower bound above zero (a strict row: at zero), since the row is then negative everywhere. A ball inside the box is
 * ignored, which is safe.
 */
export function verifyByBounds({ region, unsafe }: Query, boundOutputs: BoundOutputs): BoundsVerdict {
  const rows = unsafe.flat();
  const bounds = boundOutputs(region.box, rows.map(marginOf));
  if (bounds.length !== rows.length)
    throw new VerificationError('query', `${bounds.length} bounds came back for ${rows.length} linear functions`);
  if (bounds.some(Number.isNaN)) throw new VerificationError('query', 'a bound is not a number');
  let from = 0;
  const judged = unsafe.map((conjunction, index) => {
    const own = bounds.subarray(from, (from += conjunction.length));
    return {
      index,
      bound: own.reduce((most, bound) => Math.max(most, bound), -Infinity),
      impossible: excludes(conjunction, own),
    };
  });
  const least = (some: typeof judged): number => some.reduce((least, { bound }) => Math.min(least, bound), Infinity);
  const open = judged.filter(({ impossible }) => !impossible).sort((one, other) => one.bound - other.bound);
  const settledBound = least(judged.filter(({ impossible }) => impossible));
  return { robust: open.length === 0, bound: least(judged), settledBound, open: open.map(({ index }) => index) };
}

const excludes = (conjunction: Conjunction, bounds: Float64Array): boolean =>
  conjunction.some((row, k) => (row.strict === true ? bounds[k] >= 0 : bounds[k] > 0));
