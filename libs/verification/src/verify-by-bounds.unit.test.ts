import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { misclassification } from './misclassification.js';
import { isUnsafe, query, type OutputRow } from './query.js';
import { boxRegion, type Box } from './region.js';
import { verifyByBounds } from './verify-by-bounds.js';

/** Exact bounds for the network y = x. */
const identity = (box: Box, functions: readonly OutputRow[]): Float64Array =>
  Float64Array.from(functions, ({ coefficients, constant }) =>
    coefficients.reduce((sum, c, i) => sum + Math.min(c * box.lower[i], c * box.upper[i]), constant),
  );

const interval = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 2 }))
  .map(([low, width]) => [low, low + width]);
const boxes = fc.tuple(interval, interval, interval).map((sides) =>
  boxRegion(
    Float64Array.from(sides, ([low]) => low),
    Float64Array.from(sides, ([, high]) => high),
  ),
);

describe('verifyByBounds', () => {
  it('with exact bounds says robust exactly where no corner is unsafe, ties included', () => {
    fc.assert(
      fc.property(
        boxes,
        fc.integer({ min: 0, max: 2 }),
        fc.constantFrom('unsafe' as const, 'lowest' as const),
        (region, label, ties) => {
          const unsafe = misclassification(label, 3, ties);
          const corners = Array.from({ length: 8 }, (_, mask) =>
            region.box.lower.map((low, i) => (mask & (1 << i) ? region.box.upper[i] : low)),
          );
          const { robust, open } = verifyByBounds(query(region, unsafe), identity);
          expect(robust).toBe(!corners.some((corner) => isUnsafe(unsafe, corner)));
          expect(new Set(open)).toEqual(
            new Set([...unsafe.keys()].filter((k) => corners.some((corner) => isUnsafe([unsafe[k]], corner)))),
          );
        },
      ),
    );
  });

  it('needs one impossible row of a conjunction, and gives the least excluded conjunction first', () => {
    const row = (j: number, constant: number): OutputRow => ({
      coefficients: Float64Array.from([0, 1], (i) => (i === j ? 1 : 0)),
      constant,
    });
    const region = boxRegion(Float64Array.of(0, 0), Float64Array.of(1, 1));
    const unsafe = [[row(0, 0), row(1, -2)], [row(0, -0.5)], [row(0, 0)]];
    expect(verifyByBounds(query(region, unsafe), identity)).toEqual({
      robust: false,
      bound: -1,
      settledBound: 1,
      open: [2, 1],
    });
    expect(verifyByBounds(query(region, unsafe.slice(0, 1)), identity)).toEqual({
      robust: true,
      bound: 1,
      settledBound: 1,
      open: [],
    });
    expect(verifyByBounds(query(region, []), identity)).toEqual({
      robust: true,
      bound: Infinity,
      settledBound: Infinity,
      open: [],
    });
  });

  it('refuses bounds that are missing or not numbers', () => {
    const some = query(boxRegion(Float64Array.of(0, 0), Float64Array.of(1, 1)), misclassification(0, 2));
    expect(() => verifyByBounds(some, () => new Float64Array(0))).toThrow(expect.objectContaining({ code: 'query' }));
    expect(() => verifyByBounds(some, () => Float64Array.of(NaN))).toThrow(expect.objectContaining({ code: 'query' }));
  });
});
