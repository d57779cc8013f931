import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawDigits } from './draw-digits.js';
import { deskewed, slantOf } from './deskew.js';

const { train } = drawDigits({ trainPerClass: 4, testPerClass: 1, seed: 3 });
const shape = [1, 28, 28];
const digits = Array.from({ length: train.count }, (_, row) =>
  (train.features as Uint8Array).subarray(row * 784, (row + 1) * 784),
);

/** A straight stroke of three pixels' breadth with so many columns per row. */
function stroke(slant: number): Uint8Array {
  const image = new Uint8Array(784);
  for (let y = 6; y < 22; y++)
    for (let x = -1; x <= 1; x++) image[y * 28 + Math.round(14 + slant * (y - 13.5)) + x] = 200;
  return image;
}

test('a slanted stroke becomes an upright one, about its centre', () => {
  const upright = deskewed(stroke(0.5), shape);
  expect(slantOf(stroke(0.5), shape).slant).toBeCloseTo(0.5, 1);
  expect(Math.abs(slantOf(upright, shape).slant)).toBeLessThan(0.01);
  const columns = Array.from({ length: 28 }, (_, x) =>
    Array.from({ length: 28 }, (_, y) => upright[y * 28 + x]).reduce((sum, ink) => sum + ink),
  );
  const [widest] = [...columns.keys()].sort((a, b) => columns[b] - columns[a]);
  expect(Math.abs(widest - 14)).toBeLessThanOrEqual(1);
});

test('deskewing is idempotent up to rounding: no slant is left', () => {
  for (const digit of digits) {
    const once = deskewed(digit, shape);
    expect(Math.abs(slantOf(once, shape).slant)).toBeLessThan(0.01);
    const twice = deskewed(once, shape);
    const moved = twice.reduce((sum, byte, at) => sum + Math.abs(byte - once[at]), 0);
    expect(moved / once.reduce((sum, byte) => sum + byte, 0)).toBeLessThan(0.02);
  }
});

test('an image is deskewed alone, by its definition, in every channel', () => {
  const sides = fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
  );
  fc.assert(
    fc.property(sides, fc.nat(), ([channels, rows, columns], seed) => {
      const size = channels * rows * columns;
      const images = Uint8Array.from({ length: 2 * size }, (_, k) => ((k + 1) * (seed % 9973) * 31) % 256);
      const both = deskewed(images, [channels, rows, columns]);
      for (const at of [0, 1]) {
        const image = images.subarray(at * size, (at + 1) * size);
        const { slant, middle } = slantOf(image, [channels, rows, columns]);
        const pixel = (plane: number, y: number, x: number): number =>
          x < 0 || x >= columns ? 0 : image[(plane * rows + y) * columns + x];
        const expected = Array.from({ length: size }, (_, k) => {
          const [plane, y, x] = [Math.floor(k / (rows * columns)), Math.floor(k / columns) % rows, k % columns];
          const from = x + slant * (y - middle);
          const share = from - Math.floor(from);
          const between =
            (1 - share) * pixel(plane, y, Math.floor(from)) + share * pixel(plane, y, Math.floor(from) + 1);
          return Math.floor(between + 0.5);
        });
        expect([...both.subarray(at * size, (at + 1) * size)]).toEqual(expected);
      }
    }),
  );
});

test('an empty image, an image with ink in one row and a symmetric one stay as they are', () => {
  const empty = new Uint8Array(12);
  const line = Uint8Array.of(0, 0, 0, 0, 9, 80, 255, 3, 0, 0, 0, 0);
  const cross = Uint8Array.of(0, 7, 0, 7, 7, 7, 0, 7, 0);
  expect(deskewed(empty, [1, 3, 4])).toEqual(empty);
  expect(deskewed(line, [1, 3, 4])).toEqual(line);
  expect(deskewed(cross, [1, 3, 3])).toEqual(cross);
});

test('a flat stroke is sheared by 45 degrees at most', () => {
  const flat = new Uint8Array(784);
  for (let x = 4; x < 24; x++) flat[(x < 14 ? 13 : 14) * 28 + x] = 255;
  expect(slantOf(flat, shape).slant).toBe(1);
});

test('numbers that are no bytes, and rows of tables, are refused', () => {
  const message = 'only images that are stored as bytes [channels, rows, columns] can be deskewed';
  expect(() => deskewed(new Float32Array(4), [1, 2, 2])).toThrow(message);
  expect(() => deskewed(new Uint8Array(4), [4])).toThrow(message);
});
