import { seededRandom } from '@mipnet/dataset';
import { expect, test } from 'vitest';
import type { Neuron, NeuronProblem } from '../search/neuron-search.js';
import { annealNeuron, type Step } from './anneal-neuron.js';

/** Separable by the three first inputs of twelve. */
function separable(): NeuronProblem {
  const random = seededRandom(5, 'anneal');
  const labels = Int32Array.from({ length: 16 }, (_, k) => k % 2);
  const inputs = 12;
  const features = new Float64Array(labels.length * inputs).map((_, at) => {
    const [k, i] = [Math.floor(at / inputs), at % inputs];
    return i < 3 ? labels[k] : random.integer(9) / 8;
  });
  const ends = new Float64Array(inputs).fill(1);
  return {
    features,
    inputs,
    labels,
    sampleWeights: new Float64Array(labels.length).fill(1),
    rho: 1.5 - 1 / 16,
    sparsity: 0.1,
    grid: 1 / 8,
    lower: ends.map((end) => -end),
    upper: ends,
    freeBias: true,
  };
}

const steps = Array.from({ length: 12 }, (_, weight) => [1, -1].map((value): Step => ({ weight, value }))).flat();
const annealed = (evaluations: number, always: readonly Step[] = [], seed = 1) =>
  annealNeuron(separable(), {
    steps: steps.filter(({ weight }) => always.every((step) => step.weight !== weight)),
    count: 3 - always.length,
    always,
    evaluations,
    random: seededRandom(seed, 'test'),
    stopped: () => false,
  });

/** The hinge loss of a neuron on all samples. */
function lossOf({ weights, bias }: Neuron): number {
  const { features, inputs, labels, rho } = separable();
  return labels.reduce((loss, label, k) => {
    const score = weights.reduce((sum, weight, i) => sum + weight * features[k * inputs + i], bias);
    return loss + Math.max(0, rho - (label === 1 ? score : -score));
  }, 0);
}

test('finds three weights with less loss than it began with, with or without one that is given', () => {
  const sizeOf = ({ weights }: Neuron): number => weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
  for (const always of [[], [{ weight: 1, value: 1 }]]) {
    const found = Array.from({ length: 20 }, (_, seed) => annealed(5_000, always, seed)!);
    expect(new Set(found.map(sizeOf))).toEqual(new Set([3]));
    const begun = found.map((_, seed) => annealed(1, always, seed)!);
    expect(Math.min(...found.map(lossOf))).toBeLessThan(Math.min(...begun.map(lossOf)));
  }
});

test('gives the same neuron again, and none if all weights are given', () => {
  expect(annealed(30)).toEqual(annealed(30));
  expect(
    annealed(
      100,
      [0, 1, 2].map((weight) => ({ weight, value: 1 })),
    ),
  ).toBeUndefined();
});
