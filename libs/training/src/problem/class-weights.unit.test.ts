import { expect, test } from 'vitest';
import { classWeights, weightOf, withoutClassWeights } from './class-weights.js';
import type { View } from './training-problem.js';

const labels = Int32Array.of(0, 0, 0, 0, 0, 0, 2, 2);
const names = ['no', 'maybe', 'yes'];

test('balanced: every class that occurs has the same weight in all', () => {
  const weights = classWeights('balanced', labels, names);
  expect([...weights]).toEqual([8 / 12, 1, 2]);
  expect(6 * weights[0]).toBeCloseTo(2 * weights[2], 12);
});

test('by name; the others have 1', () => {
  expect([...classWeights({ yes: 3 }, labels, names)]).toEqual([1, 1, 3]);
  expect(() => classWeights({ ja: 3 }, labels, names)).toThrow(
    "there is no class 'ja'; the classes are no, maybe, yes",
  );
});

test('a pair has the weights of its two classes', () => {
  const view = { classes: Int32Array.of(0, 2), classWeights: Float64Array.of(0.5, 1, 2) } as View;
  expect([0, 1].map((label) => weightOf(view, label))).toEqual([0.5, 2]);
  expect(weightOf(withoutClassWeights(view), 1)).toBe(1);
});
