import type { Activation, Quantize } from '@mipnet/network';
import { quotientError } from './float32-rounding.js';
import { roundOff } from './round-off.js';

/** Two lines round a function on an interval: lowerSlope x + lowerOffset <= f(x) <= upperSlope x + upperOffset. */
export interface Lines {
  lowerSlope: number;
  lowerOffset: number;
  upperSlope: number;
  upperOffset: number;
}

/**
 * Lines round an elementwise layer on [low, high]; `at` are its values at the ends (rounded outwards), `error` what the runtime
 * loses before it rounds to a level.
 *
 *     relu, low < 0 < high:  0 or x (whichever leaves less area)  <=  y  <=  high (x - low) / (high - low)
 *     quantize:              x - 1/(2 levels)                      <=  y  <=  x + 1/(2 levels)
 *     step, sign, ternary:   f(low)                                <=  y  <=  f(high)
 *
 * Sources: Zhang et al. 2018 (CROWN) for relu with the adaptive lower line; intervals for the functions with jumps.
 */
export function linesAround(
  layer: Activation | Quantize,
  [low, high]: readonly [number, number],
  at: readonly [number, number],
  error: number,
  lines: Lines,
): void {
  if (layer.kind === 'quantize') {
    const size = Math.max(Math.abs(low), Math.abs(high)) + 1 / layer.levels;
    const half = 0.5 / layer.levels + error + 2 * quotientError(layer) * size + roundOff(5, size + error);
    set(lines, 1, -half, 1, half);
  } else if (layer.activation !== 'relu') set(lines, 0, at[0], 0, at[1]);
  else if (low >= 0) set(lines, 1, 0, 1, 0);
  else if (high <= 0) set(lines, 0, 0, 0, 0);
  else {
    const slope = high / (high - low);
    // The rounded line must still be above 0 at low and above high at high.
    const offset = Math.max(-slope * low, high - slope * high) + roundOff(2, high + slope * Math.max(-low, high));
    set(lines, high > -low ? 1 : 0, 0, slope, offset);
  }
}

function set(lines: Lines, lowerSlope: number, lowerOffset: number, upperSlope: number, upperOffset: number): void {
  lines.lowerSlope = lowerSlope;
  lines.lowerOffset = lowerOffset;
  lines.upperSlope = upperSlope;
  lines.upperOffset = upperOffset;
}
