import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Samples } from './samples.js';
import { eightNeighbours, fourNeighbours, shiftImages } from './shift.js';

function images(features: number[], inputShape: readonly number[]): Samples {
  const size = inputShape.reduce((a, b) => a * b, 1);
  const count = features.length / size;
  return {
    name: 't',
    classes: ['a'],
    inputShape,
    count,
    size,
    features: Uint8Array.from(features),
    scale: 1,
    labels: new Int32Array(count),
  };
}

test('moves right and down, and fills with zero', () => {
  const image = images([1, 2, 3, 4, 5, 6], [1, 2, 3]);
  expect([...shiftImages(image, { dx: 1, dy: 0 }).features]).toEqual([0, 1, 2, 0, 4, 5]);
  expect([...shiftImages(image, { dx: 0, dy: 1 }).features]).toEqual([0, 0, 0, 1, 2, 3]);
  expect([...shiftImages(image, { dx: -1, dy: -1 }).features]).toEqual([5, 6, 0, 0, 0, 0]);
});

test('agrees with the definition, pixel by pixel, in every channel and image', () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
  );
  const move = fc.integer({ min: -5, max: 5 });
  fc.assert(
    fc.property(shape, move, move, ([channels, rows, columns], dx, dy) => {
      const count = 2;
      const size = channels * rows * columns;
      const source = images(
        Array.from({ length: count * size }, (_, i) => (i % 255) + 1),
        [channels, rows, columns],
      );
      const moved = shiftImages(source, { dx, dy });
      for (let plane = 0; plane < count * channels; plane++) {
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++) {
            const inside = y - dy >= 0 && y - dy < rows && x - dx >= 0 && x - dx < columns;
            const expected = inside ? source.features[(plane * rows + y - dy) * columns + x - dx] : 0;
            expect(moved.features[(plane * rows + y) * columns + x]).toBe(expected);
          }
        }
      }
    }),
  );
});

test('the neighbours are different one-pixel moves', () => {
  for (const [moves, count] of [
    [fourNeighbours, 4],
    [eightNeighbours, 8],
  ] as const) {
    expect(new Set(moves.map(({ dx, dy }) => `${dx},${dy}`)).size).toBe(count);
    for (const { dx, dy } of moves) expect(Math.max(Math.abs(dx), Math.abs(dy))).toBe(1);
  }
});

test('refuses tables and parts of pixels', () => {
  expect(() => shiftImages(images([1, 2], [2]), { dx: 1, dy: 0 })).toThrow('only images');
  expect(() => shiftImages(images([1], [1, 1, 1]), { dx: 0.5, dy: 0 })).toThrow('whole pixels');
});
