import { roundOff } from './round-off.js';

/** What a substitution has taken out of a linear form so far: a constant, and every rounding error on the way. */
export interface Remainder {
  constant: number;
  margin: number;
}

/** Adds to both; the sum of constants is rounded once. */
export function addTo(remainder: Remainder, constant: number, margin: number): void {
  remainder.constant += constant;
  remainder.margin += margin + roundOff(1, Math.abs(remainder.constant));
}
