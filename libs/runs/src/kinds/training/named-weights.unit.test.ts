import type { InputColumn } from '@mipnet/dataset';
import type { Dense, Network } from '@mipnet/network';
import { fileNetwork } from '@mipnet/training';
import { expect, test } from 'vitest';
import { namedWeights, neuronText } from './named-weights.js';

const columns: readonly InputColumn[] = [
  { kind: 'number', name: 'age', low: 20, high: 70, fill: 40, sd: 10, integer: true },
  { kind: 'category', name: 'married', values: ['no', 'yes'] },
];
const dense = (outputs: number, weights: number[], bias: number[]): Dense => ({
  kind: 'dense',
  inputs: weights.length / outputs,
  outputs,
  weights: Float64Array.from(weights),
  bias: Float64Array.from(bias),
});
const onFile = (layers: Network['layers']): Network => fileNetwork({ inputShape: [3], layers }, columns);

test('the neurons of the first layer, largest weights first', () => {
  const network = onFile([{ kind: 'quantize', levels: 64 }, dense(2, [3, 0, -12, 1, -1, 0], [0.5, 2])]);
  const neurons = namedWeights(network, columns, { names: ['no v yes', 'yes v no'], layersBehind: 0 })!;
  expect(neurons[0]).toEqual({
    name: 'no v yes',
    hidden: false,
    bias: 0.5,
    terms: [
      { of: 'married=yes', weight: -12 },
      { of: 'age', weight: 3 },
    ],
  });
  expect(neurons.map(neuronText)).toEqual(['- 12 married=yes, + 3 age', '+ age, - married=no']);
});

test("thresholds on one column are named in the table's own numbers", () => {
  // Scaled age >= 0.5 is age >= 45; -age >= -0.2 is age <= 30.
  const network = onFile([
    dense(3, [2, 0, 0, -1, 0, 0, 0, 0, 1], [-1, 0.2, -0.5]),
    { kind: 'activation', activation: 'step' },
    dense(1, [1, -1, -1], [0]),
  ]);
  expect(namedWeights(network, columns)!.map(neuronText)).toEqual(['+ age >= 45, - age <= 30, - married=yes >= 0.5']);
});

test('a neuron without weights, and one with many', () => {
  expect(neuronText({ terms: [] })).toBe('always the same');
  const terms = Array.from({ length: 10 }, (_, k) => ({ of: `x${k}`, weight: 10 - k }));
  expect(neuronText({ terms })).toMatch(/^\+ 10 x0, .*, and 2 more$/);
});

test('hidden neurons beside the columns: both layers are listed, what reads neurons alone is not', () => {
  const network = onFile([
    { kind: 'quantize', levels: 64, name: 'inputs' },
    { ...dense(2, [1, 0, 0, 0, 2, -2], [0, 1]), name: 'relus' },
    { kind: 'activation', activation: 'relu', name: 'bent' },
    { kind: 'concat', from: ['inputs', 'bent'] },
    dense(1, [5, 0, 0, 0, -7], [0]),
    { kind: 'activation', activation: 'sign' },
    dense(2, [-1, 1], [0, 0]),
  ]);
  const neurons = namedWeights(network, columns, { names: ['yes v no'], layersBehind: 1 })!;
  expect(neurons.map(({ name }) => name)).toEqual(['neuron 1', 'yes v no']);
  expect(neurons.map(({ hidden }) => hidden)).toEqual([true, false]);
  expect(neurons.map(neuronText)).toEqual(['+ 2 married=no, - 2 married=yes', '- 7 neuron 1, + 5 age']);
});

test('a network whose layers have no names for their units', () => {
  expect(namedWeights(onFile([{ kind: 'activation', activation: 'relu' }]), columns)).toBeUndefined();
});
