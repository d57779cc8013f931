import type { Conv2d, Dense, Layer } from '@mipnet/network';
import { forward } from '@mipnet/network';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gridAfter, halfGrid } from './grid.js';

const dense = (weights: readonly number[], bias: readonly number[]): Dense => ({
  kind: 'dense',
  inputs: weights.length / bias.length,
  outputs: bias.length,
  weights: Float64Array.from(weights),
  bias: Float64Array.from(bias),
});

test('integer weights keep the grid; biases on it keep it, biases between halve it, others end it', () => {
  const grid = 1 / 255;
  expect(gridAfter([dense([1, 0, -1, 2], [0, 0])], grid)).toBe(grid);
  expect(gridAfter([dense([1, 0, -1, 2], [3 * grid, -grid])], grid)).toBe(grid);
  expect(gridAfter([dense([1, 0, -1, 2], [0.5 * grid, grid])], grid)).toBe(grid / 2);
  expect(gridAfter([dense([1, 0, -1, 2], [0.3 * grid, 0])], grid)).toBeNull();
  expect(gridAfter([dense([1, 0.5], [0])], grid)).toBeNull();
  expect(gridAfter([dense([1, 1], [0])], null)).toBeNull();
});

test('an activation that is no relu begins a new grid, whatever was before', () => {
  const layers: Layer[] = [
    dense([0.3, 0.7], [0.1]),
    { kind: 'activation', activation: 'step' },
    { kind: 'averagePool2d', kernel: [4, 4], strides: [4, 4], pads: [0, 0, 0, 0], countIncludePad: true },
  ];
  expect(gridAfter(layers, null)).toBe(1 / 16);
});

test('every output of a convolution lies on the grid that is promised', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 8, maxLength: 8 }),
      fc.integer({ min: -9, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 18, maxLength: 18 }),
      (weights, halves, bytes) => {
        const input = 1 / 255;
        const layer: Conv2d = {
          kind: 'conv2d',
          inputChannels: 2,
          outputChannels: 1,
          groups: 1,
          kernel: [2, 2],
          strides: [1, 1],
          dilations: [1, 1],
          pads: [0, 0, 0, 0],
          weights: Float64Array.from(weights),
          bias: Float64Array.of((halves * input) / 2),
        };
        const grid = gridAfter([layer], input)!;
        expect(grid).toBe(halves % 2 === 0 ? input : input / 2);
        for (const value of forward(
          { inputShape: [2, 3, 3], layers: [layer] },
          Float64Array.from(bytes, (byte) => byte * input),
          1,
        )) {
          expect(Math.abs(value / grid - Math.round(value / grid))).toBeLessThan(1e-9);
        }
      },
    ),
  );
});

test('half grid: an odd multiple of half a step, within half a step of the value', () => {
  fc.assert(
    fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (value) => {
      const on = halfGrid(value, 1 / 16);
      expect(Math.abs((on * 32) % 2)).toBe(1);
      expect(Math.abs(on - value)).toBeLessThanOrEqual(1 / 32 + 1e-12);
      expect(halfGrid(on, 1 / 16)).toBe(on);
    }),
  );
});
