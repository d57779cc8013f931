import { expect, test } from 'vitest';
import { sparseColumns } from './sparse-columns.js';

test('columns hold what is not 0, in the order of the rows, and are computed once per matrix', () => {
  const features = Float64Array.of(1, 0, 2, 0, 0, -3, 4, 0, 5);
  const columns = sparseColumns(features, 3);
  expect(columns).toEqual({
    starts: Int32Array.of(0, 2, 2, 5),
    rows: Int32Array.of(0, 2, 0, 1, 2),
    values: Float64Array.of(1, 4, 2, -3, 5),
  });
  expect(sparseColumns(features, 3)).toBe(columns);
  expect(sparseColumns(features.slice(), 3)).not.toBe(columns);
  expect(sparseColumns(new Float64Array(), 2).starts).toEqual(Int32Array.of(0, 0, 0));
});
