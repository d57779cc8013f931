import { describe, expect, test } from 'vitest';
import { leastPoint } from './ball-form.js';
import type { Box, InputBall } from './box.js';
import { leastOnBox } from './linear-form.js';
import { between, randomNumbers } from './testing/random-trained.js';

const remainder = { constant: 0.25, margin: 0 };

function drawn(random: () => number, norm: InputBall['norm']): Box & { readonly ball: InputBall } {
  const size = 1 + Math.floor(6 * random());
  const numbers = (low: number, high: number) => Float64Array.from({ length: size }, () => between(random, low, high));
  const centre = numbers(0, 1).map((value) => (random() < 0.3 ? Math.round(value) : value));
  const weights = random() < 0.5 ? undefined : numbers(0.5, 3);
  const radius = between(random, 0.05, 1);
  const reach = (i: number) => radius / (weights?.[i] ?? 1);
  return {
    lower: centre.map((value, i) => Math.max(0, value - reach(i))),
    upper: centre.map((value, i) => Math.min(1, value + reach(i))),
    ball: { norm, centre, radius, weights },
  };
}

/** The value of a form with exact products, up to one rounding of the sum. */
const valueAt = (a: Float64Array, x: Float64Array): number =>
  a.reduce((sum, coefficient, i) => sum + coefficient * x[i], remainder.constant);

describe.each(['l1', 'l2'] as const)('the least value of a form over a box with an %s ball', (norm) => {
  test('is below the form at every point of both, and no lower than over the box', () => {
    const random = randomNumbers(3);
    let tighter = 0;
    for (let round = 0; round < 400; round++) {
      const box = drawn(random, norm);
      const { lower, upper, ball } = box;
      const a = lower.map(() => (random() < 0.1 ? 0 : between(random, -2, 2)));
      const least = leastOnBox(a, box, remainder);
      const onBox = leastOnBox(a, { lower, upper }, remainder);
      expect(least).toBeGreaterThanOrEqual(onBox);
      if (least > onBox + 1e-9) tighter++;
      for (let k = 0; k < 40; k++) {
        const way = lower.map((_, i) => between(random, -1, 1) / (ball.weights?.[i] ?? 1));
        const lengths = way.map((step, i) => Math.abs(step) * (ball.weights?.[i] ?? 1));
        const length = norm === 'l1' ? lengths.reduce((sum, one) => sum + one, 0) : Math.hypot(...lengths);
        const share = (ball.radius / length) * (k % 2 === 0 ? 1 : random()) * (1 - 1e-12);
        const x = way.map((step, i) => Math.min(upper[i], Math.max(lower[i], ball.centre[i] + share * step)));
        expect(valueAt(a, x)).toBeGreaterThanOrEqual(least);
      }
    }
    expect(tighter).toBeGreaterThan(100);
  });

  test('is attained at the least point if the box is wide', () => {
    const random = randomNumbers(5);
    for (let round = 0; round < 100; round++) {
      const { ball } = drawn(random, norm);
      const a = ball.centre.map(() => between(random, -2, 2));
      const wide = { lower: a.map(() => -99), upper: a.map(() => 99), ball };
      expect(valueAt(a, leastPoint(a, wide))).toBeCloseTo(leastOnBox(a, wide, remainder), 9);
    }
  });
});

test('an infinite weight keeps its input at the centre, and a form of zeros is its constant', () => {
  const [lower, upper] = [Float64Array.of(0, 0), Float64Array.of(1, 0.5)];
  const ball = { norm: 'l2', centre: Float64Array.of(0.5, 0.5), radius: 0.25, weights: Float64Array.of(Infinity, 1) };
  const box = { lower, upper, ball } as const;
  expect(leastOnBox(Float64Array.of(4, 2), box as Box, remainder)).toBeCloseTo(0.25 + 2 + 1 - 0.5, 12);
  expect(leastOnBox(new Float64Array(2), box as Box, remainder)).toBeCloseTo(0.25, 12);
});
