// Tested by float32-rounding.unit.test.ts.
import type { AffineMap } from '@mipnet/network';
import { leastInBall } from './ball-form.js';
import type { Box } from './box.js';
import { addTo, type Remainder } from './remainder.js';
import { roundOff } from './round-off.js';

/** A lower bound on coefficients . x + constant - margin over a box, and its ball if it has one, rounding included. */
export function leastOnBox(
  coefficients: Float64Array,
  { lower, upper, ball }: Box,
  { constant, margin }: Readonly<Remainder>,
): number {
  let sum = constant;
  let size = Math.abs(sum);
  for (let i = 0; i < coefficients.length; i++) {
    const a = coefficients[i];
    const term = a * (a > 0 ? lower[i] : upper[i]);
    sum += term;
    size += Math.abs(term);
  }
  const least = sum - margin - roundOff(coefficients.length, size + margin);
  if (ball === undefined) return least;
  const { value, size: inBall } = leastInBall(coefficients, { lower, upper, ball });
  const sizes = inBall + Math.abs(constant) + margin;
  return Math.max(least, constant + value - margin - roundOff(coefficients.length + 4, sizes));
}

/**
 * Of an affine layer: what each output can be off by for a coefficient of 1, in the runtime, in a forward and in a
 * backward pass.
 */
export function slackOf(map: AffineMap, read: Box, errors: Float64Array): Float64Array {
  return errors.map((error, j) => rowSlack(map, j, read, error));
}

/** The same of output j. @param read bounds on the inputs of the map  @param error of this output, in the runtime */
export function rowSlack(
  { outputs, starts, indices, values, bias }: AffineMap,
  j: number,
  { lower, upper }: Box,
  error: number,
): number {
  let sum = Math.abs(bias[j]);
  for (let e = starts[j]; e < starts[j + 1]; e++) {
    const i = indices[e];
    sum += Math.abs(values[e]) * Math.max(Math.abs(lower[i]), Math.abs(upper[i]));
  }
  return error + roundOff(starts[j + 1] - starts[j] + outputs + 1, sum + error);
}

/** The numbers of y = W x + b in compressed sparse rows, and as a full matrix if products with it are faster. */
export type Weights = Pick<AffineMap, 'starts' | 'indices' | 'values' | 'bias' | 'matrix'>;

/**
 * target += row . W, through the rows of W whose coefficient is not zero; their biases and slacks go to the remainder.
 */
export function throughWeights(
  { starts, indices, values, bias, matrix }: Weights,
  slack: Float64Array,
  row: Float64Array,
  target: Float64Array,
  remainder: Remainder,
): void {
  let constant = 0;
  let margin = 0;
  for (let j = 0; j < row.length; j++) {
    const a = row[j];
    if (a === 0) continue;
    constant += a * bias[j];
    margin += Math.abs(a) * slack[j];
    if (matrix !== undefined) continue;
    for (let e = starts[j]; e < starts[j + 1]; e++) target[indices[e]] += a * values[e];
  }
  matrix?.addRows(row, target);
  addTo(remainder, constant, margin);
}
