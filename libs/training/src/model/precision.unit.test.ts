import { describe, expect, test } from 'vitest';
import { freeSpan } from './free-span.js';
import { precisionOf } from './precision.js';
import { networkOfPlan } from '../plan/network-of-plan.js';
import type { TrainingProblem } from '../problem/training-problem.js';

const scores = (outputs: number, grid: number | null) => {
  const { network, free } = networkOfPlan(
    [{ dense: outputs, weights: 'ternary', bias: true, activation: 'none' }],
    [3],
  );
  const problem = {
    name: 'scores',
    network,
    free,
    limits: {},
    view: { classes: Int32Array.from({ length: Math.max(2, outputs) }, (_, c) => c) },
  } as unknown as TrainingProblem;
  return precisionOf(problem, grid, freeSpan(problem)).get(0)!;
};

describe('biases of scores', () => {
  test.each([null, 1 / 255])(
    'of several classes begin at 0: what they have in common would cost float32 its digits (grid %s)',
    (grid) => {
      const far = Float64Array.of(33277532 + 0.5, 33277532, 33277533.25);
      const bias = scores(3, grid).fromZero(far);
      const step = grid ?? 1e-9;
      expect(Math.min(...bias)).toBeGreaterThanOrEqual(0);
      expect(Math.min(...bias)).toBeLessThanOrEqual(step);
      expect(Math.abs(bias[0] - bias[1] - 0.5)).toBeLessThanOrEqual(step);
      expect(Math.abs(bias[2] - bias[0] - 0.75)).toBeLessThanOrEqual(step);
      expect(Math.fround(bias[0]) > Math.fround(bias[1])).toBe(true);
    },
  );
});
