import { expect, test } from 'vitest';
import { clipOutliers } from './clip-outliers.js';
import type { InputColumn } from './input-columns.js';
import { valuesOf, type LoadedDataset, type Samples } from './samples.js';

/** A column of the given training numbers, then one of categories, then the same numbers again. */
function dataset(numbers: readonly number[], testNumbers: readonly number[]): LoadedDataset {
  const known = numbers.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const sd = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const number = { kind: 'number', low, high, fill: known[0], sd, integer: false } as const;
  const columns: InputColumn[] = [
    { ...number, name: 'a' },
    { kind: 'category', name: 'b', values: ['x', 'y'] },
    { ...number, name: 'c' },
  ];
  const samples = (of: readonly number[]): Samples => ({
    name: 't',
    classes: ['0', '1'],
    inputShape: [4],
    count: of.length,
    size: 4,
    scale: 1,
    features: Float32Array.from(of.flatMap((value) => [value, 1, 0, value])),
    labels: new Int32Array(of.length),
    columns,
  });
  return {
    name: 't',
    classes: ['0', '1'],
    inputShape: [4],
    train: samples(numbers),
    test: samples(testNumbers),
    notes: [],
  };
}

const column = (samples: Samples, at: number): number[] =>
  [...valuesOf(samples)].filter((_, place) => place % 4 === at).map((value) => Number(value.toFixed(3)));

test('an outlier leaves the other values of its column apart; the test rows are scaled in the same way', () => {
  const usual = Array.from({ length: 99 }, (_, k) => k % 10);
  const loaded = dataset([...usual, 1000], [0, 9, 5000]);
  expect(column(loaded.train, 0).slice(0, 10)).toEqual([
    0, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.009,
  ]);
  const clipped = clipOutliers(loaded, 0.5);
  const [first] = clipped.train.columns!;
  // Mean 14.41, deviation 99.1: up to 64, and the low end is the smallest value.
  expect(first).toMatchObject({ low: 0 });
  expect(first.kind === 'number' && first.high).toBeCloseTo(63.96, 1);
  expect(column(clipped.train, 0).at(-1)).toBe(1);
  expect(column(clipped.test!, 0)).toEqual([0, 0.141, 1]);
  expect(column(clipped.test!, 3)).toEqual(column(clipped.test!, 0));
  expect(column(clipped.test!, 1)).toEqual([1, 1, 1]);
});

test('a missing number does not count, and a second time changes nothing', () => {
  const known = clipOutliers(dataset([1, 2, 3, 4, 30], [1]), 1);
  const gaps = clipOutliers(dataset([1, NaN, 2, 3, NaN, 4, 30], [1]), 1);
  expect(gaps.train.columns).toEqual(known.train.columns);
  expect(clipOutliers(known, 1)).toEqual(known);
});

test('the ends of a range that float32 cannot tell apart stay as they are', () => {
  const narrow = dataset([16777216, 16777216, 16777216, 16777218], [1]);
  expect(clipOutliers(narrow, 1e-6).train.columns).toEqual(narrow.train.columns);
});

test('images stay as they are', () => {
  const { train, ...others } = dataset([1, 2], [1]);
  const { columns: _, ...image } = train;
  const images = { ...others, train: image };
  expect(clipOutliers(images, 1)).toBe(images);
});
