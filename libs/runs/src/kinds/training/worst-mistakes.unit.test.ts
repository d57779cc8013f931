import { expect, test } from 'vitest';
import { marginOf } from './worst-mistakes.js';

test('a margin is the score of the known class minus the best other score', () => {
  expect(marginOf([5, 2, 9], 0, 0)).toBe(-4);
  expect(marginOf([5, 2, 9], 2, 0)).toBe(4);
});

test('one output scores class 1 against class 0, from its threshold on', () => {
  expect(marginOf([3], 1, 1)).toBe(2);
  expect(marginOf([3], 0, 1)).toBe(-2);
});
