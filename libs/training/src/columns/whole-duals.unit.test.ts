import { seededRandom } from '@mipnet/dataset';
import { describe, expect, test } from 'vitest';
import { areFeasible, farleyBound, targetOf, wholeDuals } from './whole-duals.js';

describe('duals in whole units', () => {
  test.each([1, 2, 3, 4, 5, 6])('are feasible exactly, near the given ones, whatever these are (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const count = 2 + random.integer(200);
    const labels = Int32Array.from({ length: count }, (_, row) => (row < 2 ? row : random.integer(2)));
    const costs = Float64Array.from({ length: count }, () => 0.02 * (1 + random.integer(3)));
    const duals = costs.map((cost) => cost * (random.integer(3) === 0 ? random.integer(2) : random.uniform()));
    const prices = wholeDuals(duals, costs, labels);
    expect(areFeasible(prices, costs, labels)).toBe(true);
    // What is taken away is the difference of the classes, and rounding.
    const difference = Math.abs(duals.reduce((sum, dual, row) => sum + (labels[row] === 1 ? dual : -dual), 0));
    const moved = duals.reduce((sum, dual, row) => sum + Math.abs(dual - Math.abs(prices.gains[row]) * prices.unit), 0);
    expect(moved).toBeLessThanOrEqual(difference + 1e-9);
  });

  test('duals beyond their ends are moved to them', () => {
    const prices = wholeDuals(Float64Array.of(1.5, -0.1, 2), Float64Array.of(1, 1, 1), Int32Array.of(1, 1, 0));
    expect([...prices.gains].map((gain) => gain * prices.unit)).toEqual([1, 0, -1]);
  });

  test('others are no feasible duals', () => {
    const [costs, labels] = [Float64Array.of(1, 1), Int32Array.of(1, 0)];
    const { unit } = wholeDuals(costs, costs, labels);
    const of = (...gains: number[]): boolean => areFeasible({ gains: Float64Array.from(gains), unit }, costs, labels);
    expect(of(3, -3)).toBe(true);
    expect(of(3, -2)).toBe(false);
    expect(of(-3, 3)).toBe(false);
    expect(of(0.5, -0.5)).toBe(false);
    expect(of(2 / unit, -2 / unit)).toBe(false);
    expect(of(3)).toBe(false);
  });
});

test('the bound is the sum of the duals, divided by the largest edge if one is above 1', () => {
  const prices = { gains: Float64Array.of(8, -8), unit: 0.25 };
  expect(farleyBound(prices, 3)).toBeCloseTo(4, 12);
  expect(farleyBound(prices, 3)).toBeLessThan(4);
  expect(farleyBound(prices, 8)).toBeCloseTo(2, 12);
  expect(farleyBound(prices, Infinity)).toBe(0);
  expect(targetOf(prices)).toBe(4);
});
