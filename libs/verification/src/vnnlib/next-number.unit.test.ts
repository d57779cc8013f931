import { expect, it } from 'vitest';
import { nextAbove } from './next-number.js';

it('is the next float64 number, with nothing between', () => {
  for (const x of [0, -0, 1, -1, 0.1, -0.1, 1e300, -5e-324, 2 ** -1022]) {
    const next = nextAbove(x);
    expect(next).toBeGreaterThan(x);
    // Half way rounds to one of the two.
    expect([x, next]).toContain(x + (next - x) / 2 === 0 ? 0 : x + (next - x) / 2);
  }
  expect(nextAbove(1)).toBe(1 + 2 ** -52);
  expect(nextAbove(-1)).toBe(-1 + 2 ** -53);
  expect(nextAbove(Infinity)).toBe(Infinity);
});
