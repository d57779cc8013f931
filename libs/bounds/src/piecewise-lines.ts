import { jumpsAt, pieceAbove, valueOf, type PiecewiseLinear } from '@mipnet/network';
import { imageOf, lossOf, pieceBelow, type Interval } from './piecewise-image.js';
import { roundOff } from './round-off.js';

/** Two lines around a function on an interval: lowerSlope x + lowerOffset <= f(x) <= upperSlope x + upperOffset. */
export interface Lines {
  lowerSlope: number;
  lowerOffset: number;
  upperSlope: number;
  upperOffset: number;
}

/** Fills the lines on [low, high]. `error` is the runtime's rounding error of the function. */
export type LinesOn = (low: number, high: number, error: number, lines: Lines) => void;

/**
 * Lines around a piecewise linear function:
 *
 *     one piece:    the piece itself, twice
 *     a jump:       the least and the largest value
 *     bends only:   the edges of the convex hull over the middle of the interval, which enclose the least area; for
 *     relu that is 0 or x  <=  y  <=  high (x - low) / (high - low)
 *
 * The offset of an edge is computed from all corners of the function, so that rounding cannot make the line wrong.
 * Sources: Zhang et al. 2018 (CROWN) for the adaptive lower line of relu; intervals for functions with jumps, because
 * the output of a step says little about the distance of its input from the jump.
 */
export function linesOf(f: PiecewiseLinear): LinesOn {
  const xs = new Float64Array(f.breaks.length + 2);
  const ys = new Float64Array(f.breaks.length + 2);
  const jumps = f.breaks.map((_, k) => jumpsAt(f, k));
  const image: Interval = { lower: 0, upper: 0 };
  const edge = { slope: 0, offset: 0 };

  return (low, high, error, lines) => {
    const last = pieceBelow(f, high);
    const first = Math.min(pieceAbove(f, low), last);
    if (first === last) {
      const { slope, offset } = f.pieces[first];
      const loss = lossOf(f.pieces[first], Math.max(Math.abs(low), Math.abs(high))) + error;
      set(lines, slope, offset - loss, slope, offset + loss);
      return;
    }
    for (let k = first; k < last; k++) {
      if (!jumps[k]) continue;
      imageOf(f, low, high, error, image);
      set(lines, 0, image.lower, 0, image.upper);
      return;
    }
    const corners = last - first + 2;
    for (let c = 0; c < corners; c++) {
      xs[c] = c === 0 ? low : c === corners - 1 ? high : f.breaks[first + c - 1].at;
      ys[c] = valueOf(f.pieces[Math.min(first + c, last)], xs[c]);
    }
    edgeOver(1, first, corners);
    const { slope, offset } = edge;
    edgeOver(-1, first, corners);
    set(lines, edge.slope, edge.offset - error, slope, offset + error);
  };

  /** Fills the edge of the upper (side 1) or lower (-1) hull over the middle. */
  function edgeOver(side: 1 | -1, first: number, corners: number): void {
    const middle = (xs[0] + xs[corners - 1]) / 2;
    let best = -Infinity;
    for (let i = 0; i < corners - 1 && xs[i] <= middle; i++) {
      for (let j = i + 1; j < corners; j++) {
        if (xs[j] < middle) continue;
        const width = xs[j] - xs[i];
        const value = side * (ys[i] + (ys[j] - ys[i]) * ((middle - xs[i]) / width));
        if (!(value > best)) continue;
        best = value;
        edge.slope = j === i + 1 ? f.pieces[first + i].slope : (ys[j] - ys[i]) / width;
      }
    }
    let most = -Infinity;
    let height = 0;
    let reach = 0;
    for (let c = 0; c < corners; c++) {
      most = Math.max(most, side * (ys[c] - edge.slope * xs[c]));
      height = Math.max(height, Math.abs(ys[c]));
      reach = Math.max(reach, Math.abs(xs[c]));
    }
    // With slope 0 there is no rounding, and with slope 1 or -1 none that changes the side of 0.
    const isExact = edge.slope === 0 || ((edge.slope === 1 || edge.slope === -1) && most === 0);
    edge.offset = side * most + (isExact ? 0 : side * roundOff(2, height + Math.abs(edge.slope) * reach));
  }
}

function set(lines: Lines, lowerSlope: number, lowerOffset: number, upperSlope: number, upperOffset: number): void {
  lines.lowerSlope = lowerSlope;
  lines.lowerOffset = lowerOffset;
  lines.upperSlope = upperSlope;
  lines.upperOffset = upperOffset;
}
