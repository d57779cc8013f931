import { describe, expect, test } from 'vitest';
import { LeastCorner } from './least-corner.js';
import { leastOnBox } from './linear-form.js';
import { between, randomNumbers } from './testing/random-trained.js';

describe('LeastCorner', () => {
  test('gives the number of leastOnBox, which the form attains at the corner', () => {
    const random = randomNumbers(5);
    const lower = Float64Array.from({ length: 9 }, () => between(random, -1, 1));
    const box = { lower, upper: lower.map((low) => low + between(random, 0, 1)) };
    const coefficients = new Float64Array(9);
    const least = new LeastCorner(box, coefficients);
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 9; i++) coefficients[i] = random() < 0.2 ? (random() < 0.5 ? 0 : -0) : between(random, -2, 2);
      const remainder = { constant: between(random, -1, 1), margin: random() };
      const bound = least.least(remainder);
      expect(bound).toBe(leastOnBox(coefficients, box, remainder));
      const at = coefficients.reduce((sum, a, i) => sum + a * least.corner[i], remainder.constant);
      expect(at - remainder.margin - bound).toBeGreaterThanOrEqual(0);
      expect(at - remainder.margin - bound).toBeLessThan(1e-12);
      least.corner.forEach((x, i) => expect([box.lower[i], box.upper[i]]).toContain(x));
    }
  });

  test('with a ball, the corner is a point of the ball', () => {
    const centre = Float64Array.of(0.5, 0.5);
    const ball = { norm: 'l2', centre, radius: 0.25 } as const;
    const box = { lower: Float64Array.of(0, 0), upper: Float64Array.of(1, 1), ball };
    const least = new LeastCorner(box, Float64Array.of(3, 4));
    expect(least.least({ constant: 0, margin: 0 })).toBeCloseTo(3.5 - 0.25 * 5, 10);
    expect(least.corner[0]).toBeCloseTo(0.35, 10);
    expect(least.corner[1]).toBeCloseTo(0.3, 10);
  });
});
