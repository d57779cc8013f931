import fc from 'fast-check';
import { expect, test } from 'vitest';
import { affineCopies, defaultAffine, resample, type AffineRanges } from './affine.js';
import { drawDigits } from './draw-digits.js';
import { selectRows, type Samples } from './samples.js';

const still: AffineRanges = { rotate: 0, scale: 0, shear: 0, shift: 0 };
const digits = selectRows(drawDigits({ trainPerClass: 2, testPerClass: 1, seed: 1 }).train, [0, 5, 11, 17]);
const rows = [3, 8, 21, 40];

const image = (features: readonly number[], inputShape: readonly number[]): Samples => ({
  name: 'made',
  classes: ['a'],
  inputShape,
  count: 1,
  size: features.length,
  features: Uint8Array.from(features),
  scale: 1 / 255,
  labels: Int32Array.of(0),
});

test('no rotation, scale, shear or shift gives the same bytes, for every size', () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
  );
  fc.assert(
    fc.property(shape, fc.nat(), fc.nat(), (inputShape, seed, number) => {
      const size = inputShape.reduce((product, side) => product * side, 1);
      const made = image(
        Array.from({ length: size }, (_, k) => (k * 37 + seed) % 256),
        inputShape,
      );
      expect(affineCopies(made, [number], still, { seed, number }).features).toEqual(made.features);
    }),
  );
});

test('a copy depends on the seed, the row and its number, and on no other image', () => {
  const all = affineCopies(digits, rows, defaultAffine, { seed: 4, number: 2 });
  const one = affineCopies(selectRows(digits, [2]), [21], defaultAffine, { seed: 4, number: 2 });
  expect(one.features).toEqual(all.features.subarray(2 * digits.size, 3 * digits.size));
  expect(all.labels).toEqual(digits.labels);
  const others = [
    affineCopies(selectRows(digits, [2]), [21], defaultAffine, { seed: 5, number: 2 }),
    affineCopies(selectRows(digits, [2]), [21], defaultAffine, { seed: 4, number: 1 }),
    affineCopies(selectRows(digits, [2]), [22], defaultAffine, { seed: 4, number: 2 }),
  ];
  for (const { features } of others) expect(features).not.toEqual(one.features);
});

test('the ink stays about the same and stays about in its place', () => {
  const copies = affineCopies(digits, rows, defaultAffine, { seed: 0, number: 0 });
  for (let k = 0; k < digits.count; k++) {
    const [before, after] = [digits, copies].map(({ features, size }) => inkOf(features.subarray(k * size), size));
    expect(after.sum / before.sum).toBeGreaterThan(0.65);
    expect(after.sum / before.sum).toBeLessThan(1.45);
    expect(Math.abs(after.x - before.x)).toBeLessThan(5);
    expect(Math.abs(after.y - before.y)).toBeLessThan(5);
  }
});

test('a half turn, a shear and a move by half a pixel, by hand', () => {
  const shown = (map: Parameters<typeof resample>[2]): number[] => {
    const target = new Uint8Array(6);
    resample(Uint8Array.of(10, 20, 30, 40, 50, 60), [1, 2, 3], map, target);
    return [...target];
  };
  const same = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
  expect(shown(same)).toEqual([10, 20, 30, 40, 50, 60]);
  expect(shown({ xx: -1, xy: 0, x0: 2, yx: 0, yy: -1, y0: 1 })).toEqual([60, 50, 40, 30, 20, 10]);
  expect(shown({ ...same, xy: 1 })).toEqual([10, 20, 30, 50, 60, 0]);
  // Halves are rounded up: 12.5 to 13.
  expect(shown({ ...same, x0: 0.25 })).toEqual([13, 23, 23, 43, 53, 45]);
});

test('the ranges do not depend on the number of pixels', () => {
  const disc = (side: number): Samples =>
    image(
      Array.from({ length: side * side }, (_, k) =>
        Math.hypot((k % side) - (side - 1) / 2, Math.floor(k / side) - (side - 1) / 2) < side / 6 ? 255 : 0,
      ),
      [1, side, side],
    );
  const moves = [20, 80].map((side) => {
    const copy = affineCopies(disc(side), [7], { ...still, shift: 0.2 }, { seed: 2, number: 0 });
    const { x, y } = inkOf(copy.features, copy.size, side);
    return [(x - (side - 1) / 2) / side, (y - (side - 1) / 2) / side];
  });
  expect(moves[1][0]).toBeCloseTo(moves[0][0], 1);
  expect(moves[1][1]).toBeCloseTo(moves[0][1], 1);
  expect(Math.hypot(...moves[0])).toBeGreaterThan(0.05);
});

test('floating-point images are interpolated and not rounded', () => {
  const made = { ...image([0, 0, 0, 0.5, 1, 0.25, 0, 0, 0], [1, 3, 3]), scale: 1 };
  const features = Float32Array.of(0, 0, 0, 0.5, 1, 0.25, 0, 0, 0);
  const copy = affineCopies({ ...made, features }, [0], { ...still, shift: 0.1 }, { seed: 1, number: 0 });
  expect(copy.features).toBeInstanceOf(Float32Array);
  expect([...copy.features].some((value) => value > 0 && value < 1 && !features.includes(value))).toBe(true);
});

test('a table has no affine copies', () => {
  expect(() => affineCopies(image([1, 2], [2]), [0], defaultAffine, { seed: 0, number: 0 })).toThrow(
    'made has inputs of shape [2]; only images [channels, rows, columns] have affine copies',
  );
});

function inkOf(features: ArrayLike<number>, size: number, side = 28): { sum: number; x: number; y: number } {
  let [sum, x, y] = [0, 0, 0];
  for (let at = 0; at < size; at++) {
    sum += features[at];
    x += features[at] * (at % side);
    y += features[at] * Math.floor(at / side);
  }
  return { sum, x: x / sum, y: y / sum };
}
