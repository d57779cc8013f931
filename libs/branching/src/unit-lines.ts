import { roundOff } from '@mipnet/bounds';

/** The line that stands for a unit y = f(x) in a backward pass: y >= (or <=) through * x + offset. */
export interface UnitLine {
  through: number;
  offset: number;
  /** How fast `through` grows with the chosen slope; 0 where the slope is not used. */
  gain: number;
}

/**
 * Relu on [l, u], for a coefficient a on y in a lower bound. Any slope in 0..1 is valid:
 *
 *     a > 0:  slope x  <=  y        a < 0:  y  <=  u (x - l) / (u - l)
 */
export function reluLine(a: number, side: number, l: number, u: number, slope: number, line: UnitLine): void {
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
 * A jump on [l, u]: y = high where x >= 0, else low (step: 0 and 1; sign: -1 and 1). Any slope in 0..1 is valid:
 *
 *     a > 0:  low + (high - low) slope x / u  <=  y        a < 0:  y  <=  high + (high - low) slope x / -l
 *
 * At slope 1 these are the two edges of the function's convex hull.
 */
export function jumpLine(
  a: number,
  side: number,
  l: number,
  u: number,
  slope: number,
  low: number,
  high: number,
  line: UnitLine,
): void {
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
