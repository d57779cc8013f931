/**
 * A function of one number made of straight pieces. Every activation is one: that is what makes it exact in a MIP. What
 * the other packages need to know of an activation (bounds, linear lines, formulation) follows from its pieces.
 *
 *     relu:  0 | x                            one bend at 0
 *     sign: -1 | 1                            one jump at 0
 *     clip: low | x | high                    bends at low and at high
 */
export interface PiecewiseLinear {
  /** Where one piece ends and the next begins, ascending; one fewer than pieces. */
  readonly breaks: readonly Break[];
  readonly pieces: readonly Piece[];
}

export interface Break {
  readonly at: number;
  /** Which of its two pieces has the value at the break itself. It makes a difference at a jump only. */
  readonly belongsTo: 'left' | 'right';
}

/** y = slope x + offset */
export interface Piece {
  readonly slope: number;
  readonly offset: number;
}

export const valueOf = ({ slope, offset }: Piece, x: number): number => slope * x + offset;

/** Whether the function jumps at break k; otherwise it bends. */
export function jumpsAt({ breaks, pieces }: PiecewiseLinear, k: number): boolean {
  return valueOf(pieces[k], breaks[k].at) !== valueOf(pieces[k + 1], breaks[k].at);
}

/**
 * Whether x may be on either side of break k if it lies in [low, high]. At a bend both pieces have the same value, so
 * an end of the interval at the bend itself decides; at a jump it decides only on the side that the break belongs to.
 */
export function isInside(f: PiecewiseLinear, k: number, low: number, high: number): boolean {
  const { at, belongsTo } = f.breaks[k];
  if (!jumpsAt(f, k)) return low < at && high > at;
  return belongsTo === 'right' ? low < at && high >= at : low <= at && high > at;
}

/** The piece of the lower end of an interval: the number of breaks that lie below it. */
export function pieceAbove({ breaks }: PiecewiseLinear, low: number): number {
  let k = 0;
  while (k < breaks.length && (low > breaks[k].at || (low === breaks[k].at && breaks[k].belongsTo === 'right'))) k++;
  return k;
}

/** Only jumps between constants: step, sign, ternary. A derivative says nothing about such a function. */
export const isStepwise = ({ pieces }: PiecewiseLinear): boolean => pieces.every(({ slope }) => slope === 0);

export const isContinuous = (f: PiecewiseLinear): boolean => f.breaks.every((_, k) => !jumpsAt(f, k));

/** Whether it takes two values only. */
export const isTwoValued = (f: PiecewiseLinear): boolean => f.pieces.length === 2 && isStepwise(f);

/** Whether all its values are integers. */
export const isIntegerValued = (f: PiecewiseLinear): boolean =>
  isStepwise(f) && f.pieces.every(({ offset }) => Number.isInteger(offset));

/** Two constants, 0 and 1, that meet at 0, which belongs to the second. */
export const isUnitStep = ({ breaks, pieces }: PiecewiseLinear): boolean =>
  breaks.length === 1 &&
  breaks[0].at === 0 &&
  breaks[0].belongsTo === 'right' &&
  pieces.every(({ slope, offset }, k) => slope === 0 && offset === k);

/** Whether f(-x) = -f(x) everywhere. A sign is 1 at 0, so it is not. */
export const isOdd = (f: PiecewiseLinear): boolean =>
  isOddBesideJumps(f) &&
  f.breaks.every(({ belongsTo }, k) => belongsTo !== f.breaks[f.breaks.length - 1 - k].belongsTo || !jumpsAt(f, k));

/** The same wherever the function does not jump: also of a sign. */
export function isOddBesideJumps({ breaks, pieces }: PiecewiseLinear): boolean {
  return (
    breaks.every(({ at }, k) => at === -breaks[breaks.length - 1 - k].at) &&
    pieces.every(({ slope, offset }, k) => {
      const other = pieces[pieces.length - 1 - k];
      return slope === other.slope && offset === -other.offset;
    })
  );
}

/** The least and the largest value on [low, high], at the ends and on both sides of each break between. */
export function rangeOn({ breaks, pieces }: PiecewiseLinear, low: number, high: number): [least: number, most: number] {
  const values = pieces.flatMap((piece, k) => {
    const from = Math.max(low, breaks[k - 1]?.at ?? -Infinity);
    const to = Math.min(high, breaks[k]?.at ?? Infinity);
    if (from > to) return [];
    return piece.slope === 0 ? [piece.offset] : [valueOf(piece, from), valueOf(piece, to)];
  });
  return [Math.min(...values), Math.max(...values)];
}

/** |f(x)| <= slope |x| + offset, whatever x is. */
export const growthOf = ({ pieces }: PiecewiseLinear): Piece => ({
  slope: Math.max(...pieces.map(({ slope }) => Math.abs(slope))),
  offset: Math.max(...pieces.map(({ offset }) => Math.abs(offset))),
});

/** Where every piece is exact in any binary arithmetic: a constant, x or -x. */
export const hasExactPieces = ({ pieces }: PiecewiseLinear): boolean =>
  pieces.every(({ slope, offset }) => slope === 0 || ((slope === 1 || slope === -1) && offset === 0));
