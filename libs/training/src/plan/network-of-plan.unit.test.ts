import { expect, test } from 'vitest';
import { networkOfPlan } from './network-of-plan.js';
import { parsePlan } from './parse-plan.js';

const build = (network: string) => networkOfPlan(parsePlan(`network: ${network}`, 'plan.yaml').network, [1, 28, 28]);

test('weights are counted over all layers before any array is made', () => {
  expect(build('[{dense: 3000}]').network.layers).toHaveLength(2);
  expect(() => build('[{dense: 100000}]')).toThrow(
    'network.0.dense: with it the network has 78,400,000 weights; at most 4,000,000 are supported',
  );
  expect(() => build('[{dense: 3000}, {dense: 2000}]')).toThrow(
    'network.1.dense: with it the network has 8,352,000 weights',
  );
  expect(() => build('[{conv: 10000, kernel: 1000}]')).toThrow(
    'network.0.conv: with it the network has 10,000,000,000 weights',
  );
  expect(() => build('[{conv: 10000, kernel: 5}, {averagePool: 24}]')).toThrow(
    'the output of layer 0 (conv2d) has 5,760,000 numbers for each sample; at most 1,000,000',
  );
  expect(() => build('[{dense: 100000, weights: real, bound: 1}]')).toThrow('at most 4,000,000');
});

test('activations have their own parameters, and none of another', () => {
  const behind = (layer: string) => build(`[${layer}, {dense: 10}]`).network.layers[2];
  expect(behind('{dense: 2, activation: clip}')).toEqual({ kind: 'activation', activation: 'clip', low: -1, high: 1 });
  expect(behind('{dense: 2, activation: clip, low: 0, high: 6}')).toMatchObject({ low: 0, high: 6 });
  expect(behind('{dense: 2, activation: leakyRelu}')).toMatchObject({ slope: 0.01 });
  expect(behind('{dense: 2, activation: ternary}')).toMatchObject({ threshold: 1 });
  expect(() => behind('{dense: 2, activation: relu, slope: 0.1}')).toThrow(
    'network.0.slope: it belongs to the activation leakyRelu, and this layer has relu; leave it out, or ' +
      'set activation: leakyRelu',
  );
  expect(() => behind('{dense: 2, activation: clip, low: 2}')).toThrow('needs an end below the other');
});
