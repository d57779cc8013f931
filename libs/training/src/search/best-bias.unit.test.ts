import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestBias } from './best-bias.js';

const lossAt = (
  b: number,
  t: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
  rho: number,
): number =>
  Array.from(t, (score, k) => weights[k] * Math.max(0, rho - (labels[k] === 1 ? 1 : -1) * (score + b))).reduce(
    (sum, loss) => sum + loss,
    0,
  );

const samples = fc.array(
  fc.record({
    t: fc.integer({ min: -30, max: 30 }),
    label: fc.constantFrom(0, 1),
    weight: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('bestBias', () => {
  test('no breakpoint of the loss is better, without a grid', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0.01, max: 9, noNaN: true }), (list, rho) => {
        const t = Float64Array.from(list, (sample) => sample.t / 7);
        const labels = Int32Array.from(list, ({ label }) => label);
        const weights = Float64Array.from(list, ({ weight }) => weight);
        const found = lossAt(bestBias(t, labels, weights, rho, null), t, labels, weights, rho);
        // A convex piecewise linear function is least at one of its breakpoints.
        for (const k of t.keys())
          expect(found).toBeLessThanOrEqual(
            lossAt((labels[k] === 1 ? rho : -rho) - t[k], t, labels, weights, rho) + 1e-9,
          );
      }),
    );
  });

  test('on a grid it is an odd multiple of half a step, and costs nothing when the margin is one', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(1, 1 / 255, 1 / 8), fc.integer({ min: 0, max: 40 }), (list, grid, steps) => {
        const rho = (steps + 0.5) * grid;
        const t = Float64Array.from(list, (sample) => sample.t * grid);
        const labels = Int32Array.from(list, ({ label }) => label);
        const weights = Float64Array.from(list, ({ weight }) => weight);
        const bias = bestBias(t, labels, weights, rho, grid);
        expect(Math.abs(((2 * bias) / grid) % 2)).toBeCloseTo(1, 6);
        expect(lossAt(bias, t, labels, weights, rho)).toBeLessThanOrEqual(
          lossAt(bestBias(t, labels, weights, rho, null), t, labels, weights, rho) + 1e-9,
        );
      }),
    );
  });

  test('of a flat minimum it takes the middle', () => {
    expect(bestBias(Float64Array.of(4, -6), Int32Array.of(1, 0), Float64Array.of(1, 1), 1, null)).toBe(1);
  });
});
