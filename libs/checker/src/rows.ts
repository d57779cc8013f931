// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Rows } from './network.js';
import { refuse } from './refusal.js';

/** Adds a factor on a number to a row; number 0 is the constant 1. */
export type Add = (number: number, factor: number) => void;

/** Weights of a layer that are not zero; the largest weight. */
const [mostWeights, mostWeight] = [2 ** 27, 2 ** 60];

/** Rows from the terms that `row` adds; it is called twice: to count, and to keep. */
export function rowsOf(
  count: number,
  row: (j: number, add: Add) => void,
  { roundings, spread }: Pick<Rows, 'roundings' | 'spread'>,
): Rows {
  const starts = new Int32Array(count + 1);
  let used = 0;
  const each = (keep: Add): void => {
    used = 0;
    for (let j = 0; j < count; j++) {
      row(j, (number, factor) => {
        if (!(Math.abs(factor) < mostWeight)) refuse(`a weight is ${factor}`);
        if (factor !== 0) keep(number, factor);
      });
      starts[j + 1] = used;
    }
  };
  each(() => (used++ < mostWeights ? undefined : refuse(`a layer has more than ${mostWeights} weights`)));
  const [indices, values] = [new Int32Array(used), new Float64Array(used)];
  each((number, factor) => {
    indices[used] = number;
    values[used++] = factor;
  });
  return { starts, indices, values, roundings, spread };
}

/** Each row is one of the numbers. */
export const copiesOf = (numbers: ArrayLike<number>): Rows =>
  rowsOf(numbers.length, (j, add) => add(numbers[j], 1), { roundings: 0, spread: 1 });

/** Adds a factor times a row to another one. */
export function addRow({ starts, indices, values }: Rows, j: number, factor: number, add: Add): void {
  for (let e = starts[j]; e < starts[j + 1]; e++) add(indices[e], factor * values[e]);
}
