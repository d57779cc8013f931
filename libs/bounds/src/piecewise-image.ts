import { isInside, jumpsAt, pieceAbove, valueOf, type Piece, type PiecewiseLinear } from '@mipnet/network';
import { roundOff } from './round-off.js';

/** Ends of an interval, reused by functions that fill one often. */
export interface Interval {
  lower: number;
  upper: number;
}

/**
 * Fills the image of [low, high], rounded outwards: the least and the largest value at the ends and on either side of
 * each break between them. `error` is the runtime's rounding error.
 */
export function imageOf(f: PiecewiseLinear, low: number, high: number, error: number, image: Interval): void {
  image.lower = Infinity;
  image.upper = -Infinity;
  const last = pieceBelow(f, high);
  for (let k = Math.min(pieceAbove(f, low), last); k <= last; k++) {
    const piece = f.pieces[k];
    const from = k === 0 ? low : Math.max(low, Math.min(high, f.breaks[k - 1].at));
    const to = k === last ? high : Math.min(high, f.breaks[k].at);
    const [first, second] = [valueOf(piece, from), valueOf(piece, to)];
    const loss = lossOf(piece, Math.max(Math.abs(from), Math.abs(to))) + error;
    image.lower = Math.min(image.lower, Math.min(first, second) - loss);
    image.upper = Math.max(image.upper, Math.max(first, second) + loss);
  }
}

/** The error of float64 arithmetic in a piece: none if the piece is a constant, x or -x. */
export const lossOf = ({ slope, offset }: Piece, size: number): number =>
  slope === 0 || ((slope === 1 || slope === -1) && offset === 0)
    ? 0
    : roundOff(2, Math.abs(slope) * size + Math.abs(offset));

/** The piece of the upper end of an interval. At a bend, the left and the right piece are equal. */
export function pieceBelow(f: PiecewiseLinear, high: number): number {
  let k = 0;
  while (k < f.breaks.length && (high > f.breaks[k].at || (high === f.breaks[k].at && startsAt(f, k)))) k++;
  return k;
}

const startsAt = (f: PiecewiseLinear, k: number): boolean => f.breaks[k].belongsTo === 'right' && jumpsAt(f, k);

/** Whether bounds on x leave it undecided on which piece f(x) is. */
export const isUndecided = (f: PiecewiseLinear, low: number, high: number): boolean =>
  f.breaks.some((_, k) => isInside(f, k, low, high));
