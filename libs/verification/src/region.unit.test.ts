import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onFloat32, project } from './project.js';
import { ballRegion, boxRegion, centreOf, contains, distance, type Region } from './region.js';

const pixel = fc.integer({ min: 0, max: 255 }).map((value) => value / 255);
const weight = fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10);
const region: fc.Arbitrary<Region> = fc.integer({ min: 1, max: 12 }).chain((size) => {
  const many = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: size, maxLength: size });
  return fc
    .record({
      norm: fc.constantFrom('linf' as const, 'l1' as const, 'l2' as const),
      centre: many(pixel).map((list) => Float64Array.from(list)),
      radius: fc.double({ min: 1e-3, max: 2, noNaN: true }),
      weights: fc.option(
        many(weight).map((list) => Float64Array.from(list)),
        { nil: undefined },
      ),
    })
    .map((ball) => ballRegion(ball));
});
const cases = region.chain((one) => {
  const size = one.box.lower.length;
  const point = fc.array(fc.double({ min: -1, max: 2, noNaN: true }), { minLength: size, maxLength: size });
  return fc.tuple(
    fc.constant(one),
    point.map((list) => Float64Array.from(list)),
  );
});
const squared = (one: Float64Array, other: Float64Array) =>
  one.reduce((sum, value, i) => sum + (value - other[i]) ** 2, 0);

describe('ballRegion', () => {
  it('is cut to the range of the inputs, weight by weight', () => {
    const { box } = ballRegion({
      norm: 'linf',
      centre: Float64Array.of(0, 0.5, 1),
      radius: 0.25,
      weights: Float64Array.of(1, 2, Infinity),
    });
    expect([...box.lower, ...box.upper]).toEqual([0, 0.375, 1, 0.25, 0.625, 1]);
  });

  it('measures l1 with the sum and l-inf with the maximum of weighted differences', () => {
    const ball = { centre: Float64Array.of(0, 1), radius: 1, weights: Float64Array.of(2, 1) };
    const point = Float64Array.of(0.25, 0.25);
    expect(distance({ ...ball, norm: 'linf' }, point)).toBe(0.75);
    expect(distance({ ...ball, norm: 'l1' }, point)).toBeCloseTo(1.25, 12);
    expect(contains(ballRegion({ ...ball, norm: 'l1' }), point)).toBe(false);
    expect(contains(ballRegion({ ...ball, norm: 'linf' }), point)).toBe(true);
  });

  it('never measures less than the l2 distance, however large or small the numbers are', () => {
    const at = (...numbers: number[]) => Float64Array.from(numbers);
    const ball = { norm: 'l2' as const, centre: at(0, 0), radius: 5 };
    expect(distance(ball, at(3, 4))).toBeGreaterThanOrEqual(5);
    expect(distance(ball, at(3, 4))).toBeCloseTo(5, 12);
    expect(contains(ballRegion(ball, [-9, 9]), at(3, 4.0001))).toBe(false);
    expect(contains(ballRegion(ball, [-9, 9]), at(3, 3.9999))).toBe(true);
    expect(distance({ ...ball, weights: at(2, 1) }, at(1.5, 4))).toBeCloseTo(5, 12);
    expect(distance({ ...ball, weights: at(Infinity, 1) }, at(0, 4))).toBeCloseTo(4, 12);
    expect(distance(ball, at(3e-200, 4e-200)) / 5e-200).toBeCloseTo(1, 12);
    expect(distance(ball, at(3e200, 4e200)) / 5e200).toBeCloseTo(1, 12);
    expect(distance(ball, at(5e-324, 5e-324))).toBeGreaterThan(5e-324);
    expect(distance(ball, at(0, 0))).toBe(0);
  });

  it.each([
    ['a negative radius', () => ballRegion({ norm: 'linf', centre: Float64Array.of(0), radius: -1 })],
    ['a pixel out of range', () => ballRegion({ norm: 'linf', centre: Float64Array.of(17), radius: 1 })],
    [
      'a weight of zero',
      () => ballRegion({ norm: 'l1', centre: Float64Array.of(0), radius: 1, weights: Float64Array.of(0) }),
    ],
    ['crossed bounds', () => boxRegion(Float64Array.of(1), Float64Array.of(0))],
    ['half a box', () => boxRegion(Float64Array.of(1), Float64Array.of())],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ name: 'VerificationError', code: 'query' }));
  });
});

describe('project', () => {
  it('gives a point of the region, none of a sample of its points is nearer', () => {
    fc.assert(
      fc.property(
        cases,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }),
        ([inside, point], random) => {
          const nearest = project(inside, point);
          expect(contains(inside, nearest)).toBe(true);
          // Other points of the region: corners of the box on the way from the centre, as far as the ball allows.
          const centre = centreOf(inside);
          for (let k = 0; k < 12; k++) {
            const other = centre.map(
              (value, i) =>
                value + random[k] * ((random[(k + i) % 24] < 0.5 ? inside.box.lower[i] : inside.box.upper[i]) - value),
            );
            if (contains(inside, other))
              expect(squared(other, point)).toBeGreaterThanOrEqual(squared(nearest, point) - 1e-9);
          }
        },
      ),
    );
  });
});

describe('onFloat32', () => {
  it('stays in the region without tolerance, close by, on float32 numbers', () => {
    fc.assert(
      fc.property(cases, ([inside, point]) => {
        const snapped = onFloat32(inside, project(inside, point)) as Float64Array;
        expect(contains(inside, snapped)).toBe(true);
        expect(Math.sqrt(squared(snapped, project(inside, point)))).toBeLessThan(1e-5);
        // Radii of a thousandth leave room for float32 in every coordinate that can move.
        expect(snapped.every((value) => Math.fround(value) === value)).toBe(true);
      }),
    );
  });

  it('keeps a number whose interval holds no float32, and refuses points outside', () => {
    const fixed = boxRegion(Float64Array.of(0.1, 0), Float64Array.of(0.1, 1));
    expect(onFloat32(fixed, Float64Array.of(0.1, 0.7))).toEqual(Float64Array.of(0.1, Math.fround(0.7)));
    expect(onFloat32(fixed, Float64Array.of(0.2, 0.7))).toBeUndefined();
  });
});
