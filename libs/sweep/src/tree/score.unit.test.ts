import { expect, test } from 'vitest';
import { ranked, spreadOf } from './score.js';

const run = (setting: number, validation: number | null, repeat = 0) => ({ setting, repeat, fold: null, validation });

test('mean and sample standard deviation', () => {
  expect(spreadOf([1, 2, 3])).toEqual({ mean: 2, sd: 1, count: 3 });
  expect(spreadOf([4])).toEqual({ mean: 4, sd: null, count: 1 });
  expect(spreadOf([])).toBeNull();
});

test('the best mean over repeats comes first; of equally good ones the earlier one', () => {
  const runs = [
    run(0, 0.8),
    run(0, 0.9, 1),
    run(1, 0.95),
    run(1, 0.85, 1),
    run(2, 0.7),
    run(2, 1, 1),
    run(3, 0.9),
    run(3, 0.9, 1),
  ];
  expect(ranked([0, 1, 2, 3], runs)).toEqual([1, 3, 0, 2]);
  expect(ranked([3, 2, 1, 0], [...runs].reverse())).toEqual([1, 3, 0, 2]);
});

test('a setting with a training that has no result is not compared', () => {
  expect(ranked([0, 1], [run(0, 1), run(0, null, 1), run(1, 0.2), run(1, 0.1, 1)])).toEqual([1]);
  expect(ranked([0], [run(0, null)])).toEqual([]);
});
