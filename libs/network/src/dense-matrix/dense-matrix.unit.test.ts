import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DenseMatrix } from './dense-matrix.js';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
/** Many zeros: rows without a weight are left out. */
const weight = fc.oneof(number, fc.constantFrom(0, -0));

const cases = fc
  .record({ rows: fc.integer({ min: 1, max: 40 }), columns: fc.integer({ min: 1, max: 40 }) })
  .chain(({ rows, columns }) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      numbers: fc.float64Array({ minLength: rows * columns, maxLength: rows * columns, min: -9, max: 9, noNaN: true }),
      perRow: fc.array(weight, { minLength: rows, maxLength: rows }),
      perColumn: fc.array(weight, { minLength: columns, maxLength: columns }),
    }),
  );

describe('DenseMatrix', () => {
  it('adds rows in their order, bit for bit as a loop does', () => {
    fc.assert(
      fc.property(cases, ({ rows, columns, numbers, perRow, perColumn }) => {
        const target = Float64Array.from(perColumn);
        const matrix = new DenseMatrix(rows, columns, numbers);
        for (let times = 0; times < 2; times++) {
          const expected = target.map((start, i) =>
            perRow.reduce((sum, a, row) => (a === 0 ? sum : sum + a * numbers[row * columns + i]), start),
          );
          matrix.addRows(Float64Array.from(perRow), target);
          expect(target.map((x) => x + 0)).toEqual(expected.map((x) => x + 0));
        }
      }),
    );
  });

  it('multiplies by a vector and adds the bias, up to rounding', () => {
    fc.assert(
      fc.property(cases, ({ rows, columns, numbers, perRow, perColumn }) => {
        const to = new Float64Array(rows);
        new DenseMatrix(rows, columns, numbers).multiply(Float64Array.from(perColumn), Float64Array.from(perRow), to);
        perRow.forEach((bias, row) => {
          const terms = perColumn.map((x, i) => x * numbers[row * columns + i]);
          const size = terms.reduce((sum, term) => sum + Math.abs(term), Math.abs(bias));
          const sum = terms.reduce((sum, term) => sum + term, 0) + bias;
          expect(Math.abs(to[row] - sum)).toBeLessThanOrEqual((columns + 2) * 2 ** -52 * size);
        });
      }),
    );
  });

  it('is as before after sums that overflowed', () => {
    const matrix = new DenseMatrix(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
    matrix.addRows(Float64Array.of(Infinity, 1), new Float64Array(3));
    const to = new Float64Array(2);
    matrix.multiply(Float64Array.of(1, 1, 1), new Float64Array(2), to);
    expect([...to]).toEqual([6, 15]);
  });

  it('suits large matrices of which most numbers are not zero', () => {
    expect(DenseMatrix.suits(50, 50, 2500)).toBe(true);
    expect(DenseMatrix.suits(50, 50, 1250)).toBe(false);
    expect(DenseMatrix.suits(5, 5, 25)).toBe(false);
  });

  it('gives its memory back: thousands of matrices one after the other', () => {
    const numbers = new Float64Array(1024).fill(1);
    const target = new Float64Array(32);
    const weights = new Float64Array(32).fill(1);
    for (let k = 0; k < 3000; k++) new DenseMatrix(32, 32, numbers).addRows(weights, target.fill(0));
    expect(target[0]).toBe(32);
  });
});
