import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  columnTimes,
  combination,
  constant,
  evaluate,
  isConstant,
  scaled,
  type LinearExpression,
} from './linear-expression.js';

const size = 6;
/** Whole numbers, so that dense arithmetic in any order gives the same float64. */
const number = fc.integer({ min: -50, max: 50 });
const terms = fc.array(fc.tuple(fc.integer({ min: 0, max: size - 1 }), number), { maxLength: 10 });
const expressions = fc
  .record({ constant: number, terms })
  .map(({ constant: value, terms: list }): LinearExpression => ({
    constant: value,
    columns: list.map(([column]) => column),
    values: list.map(([, factor]) => factor),
  }));
const point = fc.array(number, { minLength: size, maxLength: size });

/** The coefficients written out, one a column. */
function dense({ columns, values }: LinearExpression): number[] {
  const row = new Array<number>(size).fill(0);
  for (let k = 0; k < columns.length; k++) row[columns[k]] += values[k];
  return row;
}

describe('linear expressions', () => {
  test('evaluate is the dense inner product, columns repeated or not', () => {
    fc.assert(
      fc.property(expressions, point, (expression, x) => {
        expect(evaluate(expression, x)).toBe(
          dense(expression).reduce((sum, value, j) => sum + value * x[j], expression.constant),
        );
      }),
    );
  });

  test('scaled and combination are what they say at every point', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(expressions, number), { maxLength: 5 }), number, point, (list, offset, x) => {
        const combined = combination(
          list.map(([expression]) => expression),
          list.map(([, factor]) => factor),
          offset,
        );
        expect(evaluate(combined, x)).toBe(
          list.reduce((sum, [expression, factor]) => sum + factor * evaluate(expression, x), offset),
        );
        for (const [expression, factor] of list)
          expect(evaluate(scaled(expression, factor, offset), x)).toBe(factor * evaluate(expression, x) + offset);
      }),
    );
  });

  test('a combination names no column twice and holds no zero', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(expressions, number), { maxLength: 5 }), (list) => {
        const { columns, values } = combination(
          list.map(([expression]) => expression),
          list.map(([, factor]) => factor),
        );
        expect(new Set(Array.from(columns)).size).toBe(columns.length);
        expect(Array.from(values)).not.toContain(0);
      }),
    );
  });

  test('what cancels is constant', () => {
    expect(isConstant(combination([columnTimes(3, 2), columnTimes(3, 1)], [1, -2], 7))).toBe(true);
    expect(isConstant(scaled(columnTimes(1), 0, 4))).toBe(true);
    expect(isConstant(columnTimes(1))).toBe(false);
    expect(evaluate(constant(4), [])).toBe(4);
  });
});
