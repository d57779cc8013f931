import { writeNpyHeader } from '@mipnet/dataset';
import { forward, networkShapes, type Conv2d, type Network } from '@mipnet/network';
import { gridAfter } from '@mipnet/encoding';
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { networkOfPlan } from './network-of-plan.js';
import { parsePlan } from './parse-plan.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-fixed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const build = (network: string, shape = [1, 8, 8]) =>
  networkOfPlan(parsePlan(`network: ${network}`, 'plan').network, shape);
const fileOf = (name: string, shape: readonly number[], weights: readonly number[]): string => {
  const file = join(folder, name);
  writeFileSync(
    file,
    Buffer.concat([writeNpyHeader('float32', shape), Buffer.from(Float32Array.from(weights).buffer)]),
  );
  return file;
};

test('a fixed convolution has its weights, its bias and its zeros around the image, and is not free', () => {
  const { network, free } = build(
    '[{conv: 8, kernel: 3, fixed: oriented-edges, pad: 1, bias: -1.5, activation: relu}, {dense: 2}]',
  );
  const convolution = network.layers[0] as Conv2d;
  expect(networkShapes(network)[0]).toEqual([8, 8, 8]);
  expect([...convolution.weights.subarray(0, 9)]).toEqual([-1, 0, 1, -1, 0, 1, -1, 0, 1]);
  expect([...convolution.bias]).toEqual(new Array(8).fill(-1.5));
  expect(free.map((layer) => layer !== null)).toEqual([false, false, false, true]);
  // Biases of half a grey value halve the grid of 1/255.
  expect(gridAfter(network.layers.slice(0, 2), 1 / 255)).toBeCloseTo(1 / 510, 12);
});

test('filters of a file are checked: shape, numbers, existence', () => {
  const weights = [0.5, 1, -1, 0, 2, 0, 0, -0.25];
  const file = fileOf('two.npy', [2, 1, 2, 2], weights);
  const plan = (count: number, path: string) => `[{conv: ${count}, kernel: 2, fixed: {file: '${path}'}}, {dense: 2}]`;
  expect([...(build(plan(2, file)).network.layers[0] as Conv2d).weights]).toEqual(weights);
  expect(() => build(plan(3, file))).toThrow(
    `network.0.fixed.file: ${file} is an array of [2, 1, 2, 2]; the layer needs [3, 1, 2, 2]`,
  );
  expect(() => build(plan(1, fileOf('nan.npy', [1, 1, 2, 2], [0, NaN, 1, 2])))).toThrow(
    'has the weight NaN (number 1)',
  );
  expect(() => build(plan(1, join(folder, 'none.npy')))).toThrow('none.npy does not exist');
  expect(() => build(plan(1, folder))).toThrow('is not a file');
  writeFileSync(join(folder, 'text.npy'), 'no array');
  expect(() => build(plan(1, join(folder, 'text.npy')))).toThrow('cannot be read: it is not a usable .npy file');
});

test('what does not fit is refused with the key', () => {
  const first = (item: string) => () => build(`[${item}, {dense: 2}]`);
  expect(first('{conv: 2, kernel: 3, fixed: corners}')).toThrow(
    'network.0.fixed is "corners"; it has to be one of oriented-edges, {file: ...}',
  );
  expect(first('{conv: 2, kernel: 3, fixed: oriented-edges, weights: ternary}')).toThrow(
    'network.0 has weights beside conv, kernel, fixed',
  );
  expect(first('{conv: 2, kernel: 3, fixed: oriented-edges, pad: x}')).toThrow(
    'network.0.pad is "x"; it has to be a whole number',
  );
  expect(first('{conv: 2, kernel: 1, fixed: oriented-edges}')).toThrow(
    'network.0.fixed: oriented-edges: an edge needs a filter of at least 2 x 2 pixels',
  );
  expect(first('{conv: 2, kernel: 3, pad: 3, fixed: oriented-edges}')).toThrow('network.0.pad: 3 rows of zeros');
  expect(first('{averagePool: 4, offset: 5}')).toThrow('network.0.offset: behind 5 rows and columns');
  expect(() => build('[{flatten: true}, {strongest: 0.25}, {dense: 2}]')).toThrow(
    'network.1: strongest needs an image of channels x rows x columns, its input is 64',
  );
});

test('strongest is its formula at every pixel, and whole factors keep the grid', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 0.5, 0.25, 0.2, 0.3),
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 3 * 6, maxLength: 3 * 6 }),
      (share, values) => {
        const { network } = build(`[{strongest: ${share}}, {dense: 2}]`, [3, 2, 3]);
        const front: Network = { ...network, layers: network.layers.slice(0, -2) };
        const outputs = forward(front, Float64Array.from(values), 1);
        for (let pixel = 0; pixel < 6; pixel++) {
          const channels = [0, 1, 2].map((channel) => values[channel * 6 + pixel]);
          const most = Math.max(...channels);
          channels.forEach((value, channel) => {
            const wanted = Math.max(0, (value - (1 - share) * most) / share);
            expect(outputs[channel * 6 + pixel]).toBeCloseTo(wanted, 9);
            if (value === most && most >= 0) expect(outputs[channel * 6 + pixel]).toBeCloseTo(most, 9);
          });
        }
        expect(gridAfter(front.layers, 1)).toBe(share === 0.3 ? null : 1);
      },
    ),
  );
});

test('pools overlap by a stride, and lie elsewhere by an offset', () => {
  const values = Float64Array.from({ length: 2 * 5 * 5 }, (_, k) => (k * 7) % 11);
  const pooled = (item: string) => {
    const { network } = build(`[${item}, {dense: 2}]`, [2, 5, 5]);
    const layers = network.layers.slice(0, -2);
    return { shape: networkShapes({ ...network, layers }).at(-1)!, out: forward({ ...network, layers }, values, 1) };
  };
  const { shape, out } = pooled('{maxPool: 2, stride: 1, offset: 2}');
  expect(shape).toEqual([2, 2, 2]);
  for (let channel = 0; channel < 2; channel++)
    for (let row = 0; row < 2; row++)
      for (let column = 0; column < 2; column++) {
        const at = (i: number, j: number) => values[channel * 25 + (row + 2 + i) * 5 + column + 2 + j];
        expect(out[channel * 4 + row * 2 + column]).toBe(Math.max(at(0, 0), at(0, 1), at(1, 0), at(1, 1)));
      }
  expect(pooled('{averagePool: 3, stride: 1}').shape).toEqual([2, 3, 3]);
  expect(pooled('{averagePool: 2}').shape).toEqual([2, 2, 2]);
});
