// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
/**
 * A function of one number: pieces[q] between breaks[q - 1] and breaks[q], each a multiple of x or a constant (slope or
 * offset is 0). Continuous, unless `atBreak` gives the value at its only break, where it jumps. Or rounding down.
 */
export type Piecewise =
  { readonly breaks: readonly number[]; readonly pieces: readonly Line[]; readonly atBreak?: number } | 'floor';

/** slope x + offset */
export type Line = readonly [slope: number, offset: number];

export interface Slopes {
  readonly lower?: number;
  readonly upper?: number;
}

export function valueAt(f: Piecewise, x: number): number {
  if (f === 'floor') return Math.floor(x);
  if (f.atBreak !== undefined && x === f.breaks[0]) return f.atBreak;
  const [slope, offset] = f.pieces[f.breaks.filter((at) => at <= x).length];
  return slope * x + offset;
}

/**
 * The graph of f on [low, high]: corners in whose convex hull it lies, and the line that it is on, if it is one. A
 * piece counts without its ends, so that a relu has one piece on [0, 1]. An upper end just below a break stands for all
 * that is below the break.
 */
function graphOn(f: Piecewise, low: number, high: number): { readonly corners: Line[]; readonly line?: Line } {
  if (f === 'floor') {
    const [a, b] = [Math.floor(low), Math.floor(high)];
    const corners: Line[] = [
      [low, a],
      [a + 1, a],
      [a + 1, a + 1],
      [b, b - 1],
      [b, b],
      [high, b],
    ];
    return a === b ? { corners: [[low, a]], line: [0, a] } : { corners };
  }
  const corners: Line[] = [];
  const touched = f.pieces.filter(([slope, offset], q) => {
    const [from, to] = [f.breaks[q - 1] ?? -Infinity, f.breaks[q] ?? Infinity];
    if (high <= from || low >= to) return false;
    for (const x of [Math.max(low, from), Math.min(high, to)]) corners.push([x, slope * x + offset]);
    return true;
  });
  for (const x of f.breaks) if (low <= x && x <= high) corners.push([x, valueAt(f, x)]);
  const line = touched[0] ?? [0, corners[0][1]];
  return touched.length <= 1 && corners.every(([x, y]) => y === line[0] * x + line[1])
    ? { corners, line }
    : { corners };
}

/** Whether f is one line on [low, high]. */
export const isDecided = (f: Piecewise, low: number, high: number): boolean => graphOn(f, low, high).line !== undefined;

/**
 * Lines below and above f on [low, high], and its least and largest value, also as the runtime computes it. `slopes`:
 * those of the lines if f has several pieces there. Any slope is valid.
 */
export function linesOn(f: Piecewise, low: number, high: number, slopes: Slopes = {}) {
  const { corners, line } = graphOn(f, low, high);
  const values = corners.map(([, y]) => y);
  const steepest = f === 'floor' ? 1 : Math.max(...f.pieces.map(([slope]) => Math.abs(slope)));
  // The runtime rounds products: slopes other than 0, 1 and -1.
  const isProduct = f !== 'floor' && f.pieces.some(([slope]) => slope !== 0 && Math.abs(slope) !== 1);
  const error = isProduct ? 2 ** -22 * steepest * Math.max(-low, high) + 2 ** -80 : 0;
  const found = (side: 1 | -1, slope: number | undefined): Line => {
    const best = () => bestLine(corners, side, { middle: low + (high - low) / 2, steepest });
    const [through, offset] = line ?? (slope === undefined ? best() : lineBeside(corners, side, slope));
    return [through, offset + side * error];
  };
  return {
    lower: found(-1, slopes.lower),
    upper: found(1, slopes.upper),
    least: Math.min(...values) - error,
    most: Math.max(...values) + error,
  };
}

/** The nearest line of a slope that is above all corners (side 1), or below them (-1). */
function lineBeside(corners: readonly Line[], side: 1 | -1, slope: number): Line {
  let [most, size] = [-Infinity, 0];
  for (const [x, y] of corners) {
    most = Math.max(most, side * (y - slope * x));
    size = Math.max(size, Math.abs(y) + Math.abs(slope * x));
  }
  return [slope, side * (most + 2 ** -50 * size)];
}

/**
 * Of the lines through two corners, that which is nearest at the middle: it encloses the least area. None is steeper
 * than the pieces are, so that a jump gets a flat line: a steep one multiplies what rounding loses.
 */
function bestLine(corners: readonly Line[], side: 1 | -1, { middle, steepest }: Record<'middle' | 'steepest', number>) {
  let best = lineBeside(corners, side, 0);
  for (const [at, one] of corners)
    for (const [x, y] of corners) {
      const slope = (y - one) / (x - at);
      if (!(x > at && Math.abs(slope) <= steepest * (1 + 2 ** -40))) continue;
      const line = lineBeside(corners, side, slope);
      if (side * (line[0] * middle + line[1]) < side * (best[0] * middle + best[1])) best = line;
    }
  return best;
}

/** Of lines that a certificate chooses, so that no product leaves the range of float64. */
export const mostSlope = 2 ** 100;
