import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelBuilder, type Model } from '@mipnet/mip';
import { encodeRegion } from './encode-region.js';
import type { Query } from './query.js';
import { ballRegion, contains, distance } from './region.js';

const grid = fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8);
const three = (one: fc.Arbitrary<number>) =>
  fc.array(one, { minLength: 3, maxLength: 3 }).map((list) => Float64Array.from(list));
const cases = fc.record({
  centre: three(grid),
  point: three(grid),
  weights: fc.option(three(fc.constantFrom(1, 2, 0.5)), { nil: undefined }),
  radius: grid,
  norm: fc.constantFrom('linf' as const, 'l1' as const),
});

/**
 * Whether the columns satisfy all bounds and rows; all numbers are sums of few binary fractions, so without tolerance.
 */
function satisfied(model: Model, x: readonly number[]): boolean {
  const inBounds = x.every((value, j) => value >= model.columnLower[j] && value <= model.columnUpper[j]);
  return (
    inBounds &&
    Array.from(model.rowLower, (_, row) => row).every((row) => {
      let sum = 0;
      for (let k = model.starts[row]; k < model.starts[row + 1]; k++) sum += model.values[k] * x[model.indices[k]];
      return sum >= model.rowLower[row] && sum <= model.rowUpper[row];
    })
  );
}

describe('encodeRegion', () => {
  it('holds the points of the region and no others, and their distance is the least radius', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom('any' as const, 'closest' as const), ({ point, ...ball }, goal) => {
        const region = ballRegion(ball);
        const builder = new ModelBuilder();
        const query: Query = { region, unsafe: [], goal };
        const { inputs, radius } = encodeRegion(builder, query);
        const model = builder.build();
        const inside =
          contains({ box: region.box }, point) &&
          point.reduce((sum, value, i) => sum + (ball.weights?.[i] ?? 1) * Math.abs(value - ball.centre[i]), 0) <=
            (ball.norm === 'l1' ? ball.radius : Infinity);
        // The columns besides the inputs: distances at their least, and a radius.
        const filled = (r: number) => {
          const x = [...point];
          if (radius !== undefined) x[radius] = r;
          const movable = [...point.keys()].filter((i) => region.box.upper[i] > region.box.lower[i]);
          if (ball.norm === 'l1')
            movable.forEach(
              (i, k) => (x[model.columnCount - movable.length + k] = Math.abs(point[i] - ball.centre[i])),
            );
          return x;
        };
        expect([...inputs]).toEqual([0, 1, 2]);
        expect(satisfied(model, filled(ball.radius))).toBe(inside);
        if (radius === undefined || !inside) return;
        const least = distance({ ...ball }, point);
        expect(model.cost[radius]).toBe(1);
        expect(satisfied(model, filled(Math.min(ball.radius, least)))).toBe(true);
        if (least > 0) expect(satisfied(model, filled(least * (1 - 1e-9)))).toBe(false);
      }),
    );
  });
});
