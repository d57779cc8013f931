// Tested by branch-on-signs.unit.test.ts.
import { roundOff } from '@mipnet/bounds';
import type { Bend, Jump } from './switch-form.js';

/** The line that replaces a unit y = f(x) in a backward pass: y >= (or <=) through * x + offset. */
export interface UnitLine {
  through: number;
  offset: number;
  /** Derivative of `through` by the chosen slope; 0 if the slope is not used. */
  gain: number;
}

/** The facts and choices of one unit; reused for all units. */
export interface UnitState {
  /** 0: either; 1: x >= 0; -1: x <= 0. */
  side: number;
  /** Proven bounds on x. */
  lower: number;
  upper: number;
  /** 0..1 */
  slope: number;
}

/**
 * y = base x + gain max(0, x) on [l, u], for a coefficient a on y in a lower bound. The bend is a relu r; any slope in
 * 0..1 is valid:
 *
 *     a gain > 0:  slope x  <=  r        a gain < 0:  r  <=  u (x - l) / (u - l)
 */
export function bendLine(a: number, { base, gain }: Bend, state: UnitState, line: UnitLine): void {
  reluLine(a * gain, state, line);
  if (base === 0 && gain === 1) return;
  line.through = base + gain * line.through;
  line.offset *= gain;
  line.gain *= gain;
}

function reluLine(a: number, { side, lower: l, upper: u, slope }: UnitState, line: UnitLine): void {
  line.offset = 0;
  line.gain = 0;
  if (side > 0 || (side === 0 && l >= 0)) line.through = 1;
  else if (side < 0 || u <= 0) line.through = 0;
  else if (a > 0) {
    line.through = slope;
    line.gain = 1;
  } else {
    const through = u / (u - l);
    line.through = through;
    // The rounded line must still be above 0 at l and above u at u.
    line.offset = Math.max(-through * l, u - through * u) + roundOff(2, u + through * Math.max(-l, u));
  }
}

/**
 * A jump on [l, u]: y = high if x >= 0, otherwise low (step: 0 and 1; sign: -1 and 1). Any slope in 0..1 is valid:
 *
 *     a > 0:  low + (high - low) slope x / u  <=  y        a < 0:  y  <=  high + (high - low) slope x / -l
 *
 * At slope 1 these are the two edges of the function's convex hull.
 */
export function jumpLine(a: number, { low, high }: Jump, state: UnitState, line: UnitLine): void {
  const { side, lower: l, upper: u, slope } = state;
  line.through = 0;
  line.gain = 0;
  if (side > 0 || (side === 0 && l >= 0)) line.offset = high;
  else if (side < 0 || u < 0) line.offset = low;
  else {
    const end = a > 0 ? u : -l;
    line.offset = a > 0 ? low : high;
    if (!(end >= smallest)) return;
    line.gain = (high - low) / end;
    line.through = slope * line.gain;
    line.offset -= Math.sign(a) * roundOff(4, high - low);
  }
}

/** Ends below this would make slopes overflow; the flat line is valid too. */
const smallest = 1e-100;
