import { describe, expect, test } from 'vitest';
import { keptOf, rungsOf } from './rungs.js';

const scales = (...args: Parameters<typeof rungsOf>): number[] => rungsOf(...args).scales.map((scale) => 1 / scale);

describe('rungs of successive halving', () => {
  test('few settings are all trained in full', () => {
    expect(scales(undefined, 8, 10_000)).toEqual([1]);
    expect(scales('none', 1_000, 10_000)).toEqual([1]);
  });

  test.each([
    [9, 10_000, 3],
    [26, 10_000, 3],
    [27, 10_000, 4],
    [1_000, 10_000, 4],
    // 1/27 of 1,000 rows are fewer than 50, and so on.
    [1_000, 1_000, 3],
    [1_000, 200, 2],
    [1_000, 100, 1],
  ])('%i settings on %i rows have %i', (settings, rows, rungs) => {
    expect(scales(undefined, settings, rows)).toHaveLength(rungs);
  });

  test('each has a third of the next one, the last one everything', () => {
    expect(scales(undefined, 100, 10_000).map((one) => Math.round(one))).toEqual([27, 9, 3, 1]);
  });

  test('a sweep states its own', () => {
    expect(rungsOf({ by: 'limits', factor: 2, rounds: 3 }, 4, 10)).toEqual({
      by: 'limits',
      factor: 2,
      scales: [0.25, 0.5, 1],
    });
  });

  test('a rung keeps one of three, rounded up, and never none', () => {
    expect([1, 3, 4, 1_000].map((settings) => keptOf(settings, 3))).toEqual([1, 1, 2, 334]);
  });
});
