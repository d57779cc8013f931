import { expect, test } from 'vitest';
import { commonStep } from './objective-step.js';

test.each([
  [[0.1, 1 / 255], 1 / 510],
  [[0.05, 0.125], 0.025],
  [[2, 3], 1],
  [[4, 6, 10], 2],
  [[0.3], 0.3],
  [[1, Math.PI], 0],
])('%j are multiples of %d', (values, step) => {
  expect(commonStep(values)).toBeCloseTo(step, 12);
});
