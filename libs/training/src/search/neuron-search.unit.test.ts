import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { improveNeuron, type Neuron, type NeuronProblem } from './neuron-search.js';

const valueOf = (
  { features, inputs, labels, sampleWeights, rho, sparsity }: NeuronProblem,
  { weights, bias }: Neuron,
): number => {
  let value = 0;
  for (const weight of weights) value += sparsity * Math.abs(weight);
  labels.forEach((label, k) => {
    let score = bias;
    for (let i = 0; i < inputs; i++) score += weights[i] * features[k * inputs + i];
    value += sampleWeights[k] * Math.max(0, rho - (label === 1 ? score : -score));
  });
  return value;
};

const inputs = 4;
const given = fc.record({
  rows: fc.array(
    fc.record({
      x: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: inputs, maxLength: inputs }),
      label: fc.constantFrom(0, 1),
      weight: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 10 },
  ),
  start: fc.array(fc.integer({ min: -1, max: 1 }), { minLength: inputs, maxLength: inputs }),
  box: fc.array(fc.tuple(fc.integer({ min: -2, max: 0 }), fc.integer({ min: 0, max: 2 })), {
    minLength: inputs,
    maxLength: inputs,
  }),
  bias: fc.integer({ min: -9, max: 9 }).map((n) => n + 0.5),
  margin: fc.integer({ min: 0, max: 6 }).map((n) => n + 0.5),
  sparsity: fc.constantFrom(0, 0.1, 1),
  freeBias: fc.boolean(),
});

describe('improveNeuron', () => {
  test('is never worse than its start, stays in the box, and ends where no single step helps', () => {
    fc.assert(
      fc.property(given, ({ rows, start, box, bias, margin, sparsity, freeBias }) => {
        const problem: NeuronProblem = {
          features: Float64Array.from(rows.flatMap(({ x }) => x)),
          inputs,
          labels: Int32Array.from(rows, ({ label }) => label),
          sampleWeights: Float64Array.from(rows, ({ weight }) => weight),
          rho: margin,
          sparsity,
          grid: 1,
          freeBias,
          lower: Float64Array.from(box, ([lower]) => lower),
          upper: Float64Array.from(box, ([, upper]) => upper),
        };
        const weights = Float64Array.from(start, (weight, i) => Math.min(box[i][1], Math.max(box[i][0], weight)));
        const found = improveNeuron(problem, { weights, bias });
        const value = valueOf(problem, found);
        expect(value).toBeLessThanOrEqual(valueOf(problem, { weights, bias }) + 1e-9);
        if (!freeBias) expect(found.bias).toBe(bias);
        found.weights.forEach((weight, i) => {
          expect(weight).toBeGreaterThanOrEqual(box[i][0]);
          expect(weight).toBeLessThanOrEqual(box[i][1]);
          for (const step of [-1, 1]) {
            if (weight + step < box[i][0] || weight + step > box[i][1]) continue;
            // A weight of an input that is 0 everywhere is left alone.
            if (rows.every(({ x }) => x[i] === 0)) continue;
            expect(value).toBeLessThanOrEqual(
              valueOf(problem, { ...found, weights: found.weights.with(i, weight + step) }) + 1e-6,
            );
          }
        });
        if (freeBias)
          for (const step of [-1, 1])
            expect(value).toBeLessThanOrEqual(valueOf(problem, { ...found, bias: found.bias + step }) + 1e-9);
        expect(improveNeuron(problem, { weights, bias })).toEqual(found);
      }),
      { numRuns: 300 },
    );
  });
});
