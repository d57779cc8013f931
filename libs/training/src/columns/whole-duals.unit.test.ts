import { seededRandom } from '@mipnet/dataset';
import { describe, expect, test } from 'vitest';
import { areFeasible, farleyBound, gainsOf, targetOf, wholeDuals } from './whole-duals.js';

const twoClasses = { labels: Int32Array.of(1, 1, 0), classes: 2 };

describe('duals in whole units', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'are feasible exactly, near the given ones, whatever these are (seed %i)',
    (seed) => {
      const random = seededRandom(seed);
      const classes = 2 + (seed % 4);
      const rivals = classes - 1;
      const count = classes + random.integer(200);
      const labels = Int32Array.from({ length: count }, (_, row) => (row < classes ? row : random.integer(classes)));
      const rows = { labels, classes };
      const costs = Float64Array.from({ length: count }, () => 0.02 * (1 + random.integer(3)));
      const duals = Float64Array.from({ length: count * rivals }, (_, at) => {
        const share = costs[Math.floor(at / rivals)] / rivals;
        return share * (random.integer(3) === 0 ? random.integer(2) : random.uniform());
      });
      const prices = wholeDuals(duals, costs, rows);
      expect(areFeasible(prices, costs, rows)).toBe(true);
      // What is taken away: the difference between what classes send and receive, on at most so many steps; rounding.
      const excess = new Float64Array(classes);
      for (let k = 0; k < classes; k++) {
        const gains = gainsOf({ duals, unit: 1 }, rows, k);
        excess[k] = gains.reduce((sum, gain) => sum + gain, 0);
      }
      const most = (excess.reduce((sum, each) => sum + Math.abs(each), 0) / 2) * rivals;
      const moved = duals.reduce((sum, dual, at) => sum + Math.abs(dual - prices.duals[at] * prices.unit), 0);
      expect(moved).toBeLessThanOrEqual(most + 1e-9);
    },
  );

  test('duals beyond their ends are moved to them', () => {
    const prices = wholeDuals(Float64Array.of(1.5, -0.1, 2), Float64Array.of(1, 1, 1), twoClasses);
    expect([...prices.duals].map((dual) => dual * prices.unit)).toEqual([1, 0, 1]);
    const three = { labels: Int32Array.of(0, 1, 2), classes: 3 };
    const costs = Float64Array.of(1, 1, 1);
    const { duals, unit } = wholeDuals(Float64Array.of(0.75, 0.5, 1, 0, 0.25, 0), costs, three);
    expect([...duals].map((dual) => dual * unit)).toEqual([0.75, 0.25, 0.75, 0, 0.25, 0]);
  });

  test('others are no feasible duals', () => {
    const [costs, rows] = [Float64Array.of(1, 1), { labels: Int32Array.of(1, 0), classes: 2 }];
    const { unit } = wholeDuals(costs, costs, rows);
    const of = (...duals: number[]): boolean => areFeasible({ duals: Float64Array.from(duals), unit }, costs, rows);
    expect(of(3, 3)).toBe(true);
    expect(of(3, 2)).toBe(false);
    expect(of(-3, -3)).toBe(false);
    expect(of(0.5, 0.5)).toBe(false);
    expect(of(2 / unit, 2 / unit)).toBe(false);
    expect(of(3)).toBe(false);
  });

  test('a row pays its rivals together no more than its cost, and a circle of classes balances', () => {
    const [costs, rows] = [Float64Array.of(1, 1, 1), { labels: Int32Array.of(0, 1, 2), classes: 3 }];
    const of = (...duals: number[]): boolean =>
      areFeasible({ duals: Float64Array.from(duals), unit: 0.25 }, costs, rows);
    // 0 to 1 to 2 to 0.
    expect(of(3, 0, 0, 3, 3, 0)).toBe(true);
    expect(of(3, 0, 0, 3, 0, 3)).toBe(false);
    expect(of(3, 2, 3, 0, 2, 0)).toBe(false);
  });
});

test('what neurons of a class gain: a row of it all its duals, another one minus the dual of this rival', () => {
  const rows = { labels: Int32Array.of(0, 1, 2), classes: 3 };
  const prices = { duals: Float64Array.of(1, 2, 4, 8, 16, 32), unit: 1 };
  expect([...gainsOf(prices, rows, 0)]).toEqual([3, -4, -16]);
  expect([...gainsOf(prices, rows, 1)]).toEqual([-1, 12, -32]);
  expect([...gainsOf(prices, rows, 2)]).toEqual([-2, -8, 48]);
  expect([...gainsOf({ duals: Float64Array.of(3, 1, 4), unit: 1 }, twoClasses, 1)]).toEqual([3, 1, -4]);
});

test('the bound is the sum of the duals, divided by the largest edge if one is above 1', () => {
  const prices = { duals: Float64Array.of(8, 8), unit: 0.25 };
  expect(farleyBound(prices, 3)).toBeCloseTo(4, 12);
  expect(farleyBound(prices, 3)).toBeLessThan(4);
  expect(farleyBound(prices, 8)).toBeCloseTo(2, 12);
  expect(farleyBound(prices, Infinity)).toBe(0);
  expect(targetOf(prices)).toBe(4);
});
