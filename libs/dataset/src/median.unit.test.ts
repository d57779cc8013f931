import fc from 'fast-check';
import { expect, test } from 'vitest';
import { medianOf } from './median.js';

test('the median is that of the sorted numbers', () => {
  const numbers = fc.array(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(numbers, (values) => {
      const sorted = Float64Array.from(values).sort();
      const middle = sorted.length >> 1;
      const wanted = sorted.length % 2 === 1 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
      // 0 and -0 are one number.
      expect(medianOf(Float64Array.from(values)) + 0).toBe(wanted + 0);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['in order', (at: number) => at],
  ['in descending order', (at: number) => -at],
  ['all equal', () => 7],
  ['as an organ pipe', (at: number) => Math.min(at, 99_999 - at)],
])('100,000 numbers %s', (_, number) => {
  const values = Float64Array.from({ length: 100_000 }, (_, at) => number(at));
  const sorted = values.toSorted();
  expect(medianOf(values)).toBe((sorted[49_999] + sorted[50_000]) / 2);
});
