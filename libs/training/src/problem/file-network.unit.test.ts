import { scaledInputs, scalingOf, type InputColumn } from '@mipnet/dataset';
import { forward, fromOnnx, toOnnx, type Layer, type Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { fileNetwork } from './file-network.js';

const f = Math.fround;
const columns: readonly InputColumn[] = [
  { kind: 'number', name: 'income', low: f(-1250.4), high: f(98765.4), fill: f(31000), sd: f(1000), integer: false },
  { kind: 'category', name: 'job', values: ['?', 'clerk'] },
  { kind: 'number', name: 'rate', low: f(0.001), high: f(0.0035), fill: f(0.002), sd: f(0.001), integer: false },
];
const identity: Layer = {
  kind: 'dense',
  inputs: 4,
  outputs: 4,
  weights: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
  bias: new Float64Array(4),
};
const raw = [98765.4, 0, 1, 0.0035, -99999, 1, 0, 0.9, 12345.6, 0, 0, NaN, NaN, 1, 0, 0.0021].map(f);

test('the first layers of a file give what training reads, whatever is missing or out of range', () => {
  const network = fileNetwork({ inputShape: [4], layers: [identity] }, columns);
  const expected = scaledInputs(scalingOf(columns), raw);
  const found = forward(network, Float64Array.from(raw), 4);
  expect([...found].map(f)).toEqual([...expected].map((value) => expect.closeTo(value, 6)));
  expect([expected[0], expected[4], expected[7]]).toEqual([1, 0, 1]);
});

test('the file is read back with the same layers', () => {
  const network = fileNetwork({ inputShape: [4], layers: [identity] }, columns);
  const { layers } = fromOnnx(toOnnx(network));
  expect(layers.map(({ kind }) => kind)).toEqual(['fill', 'scale', 'scale', 'activation', 'dense']);
  expect(layers[0]).toEqual(network.layers[0]);
});

test('branches that read the input read it behind these layers', () => {
  const branches: Network = {
    inputShape: [4],
    layers: [
      { ...identity, name: 'one' },
      { kind: 'activation', activation: 'relu', from: ['input'], name: 'two' },
      { kind: 'add', from: ['one', 'two'] },
    ],
  };
  const found = forward(fileNetwork(branches, columns), Float64Array.from(raw), 4);
  const once = scaledInputs(scalingOf(columns), raw);
  found.forEach((value, at) => expect(value).toBeCloseTo(2 * once[at], 6));
});

test('an image network begins with its own layers', () => {
  const network: Network = { inputShape: [4], layers: [identity] };
  expect(fileNetwork(network, undefined)).toBe(network);
});
