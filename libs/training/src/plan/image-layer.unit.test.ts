import { forward } from '@mipnet/network';
import { expect, test } from 'vitest';
import { networkOfPlan } from './network-of-plan.js';
import { parsePlan } from './parse-plan.js';

const build = (network: string, inputs: number) =>
  networkOfPlan(parsePlan(`network: ${network}`, 'plan.yaml').network, [inputs]).network;

test('numbers fill the image row by row, and blank pixels are 0', () => {
  const { layers } = build('[{image: [2, 3], blank: [0, 4]}, {dense: 1}]', 4);
  expect(layers[0]).toEqual({ kind: 'select', positions: Int32Array.of(-1, 0, 1, 2, -1, 3), shape: [1, 2, 3] });
  const network = { inputShape: [4], layers: layers.slice(0, 1) };
  expect([...forward(network, Float64Array.of(1, 2, 3, 4), 1)]).toEqual([0, 1, 2, 3, 0, 4]);
});

test('what does not fill the image is refused', () => {
  expect(() => build('[{image: [2, 3]}, {dense: 1}]', 5)).toThrow(
    'network.0.image: 2 x 3 are 6 pixels, 0 of them blank, and the layer reads 5 numbers',
  );
  expect(() => build('[{image: [2, 3], blank: [6]}, {dense: 1}]', 5)).toThrow(
    'network.0.blank: 6 is no pixel of 2 x 3; the last one is 5',
  );
});
