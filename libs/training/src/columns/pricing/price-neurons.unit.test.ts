import { weightBound } from '@mipnet/network';
import { describe, expect, test } from 'vitest';
import type { Family } from '../family.js';
import { firesOn, type Neuron } from '../neuron.js';
import { partsOfFamily } from './parts-of-family.js';
import { priceNeurons } from './price-neurons.js';
import type { PricingTask } from './pricing-task.js';
import { smallTask, type SmallCase } from './testing/small-task.js';

const families: Family[] = (['sign', 'step'] as const).flatMap((activation) => [
  { weights: 3, domain: 'ternary', activation },
  { weights: 2, domain: 'integer(2)', activation },
  { weights: 1, domain: 'ternary', activation },
  { weights: 4, domain: 'binary', activation },
  { weights: 3, domain: 'integer(3)', activation },
]);

const cases: SmallCase[] = families.flatMap((family, f) =>
  [2, 2, 3, 40].map((values, v) => ({ seed: 10 * f + v, family, values })),
);

const firstOf = ({ inputs }: Neuron): number => inputs[0];

function edgeOf({ rows, gains, family }: PricingTask, neuron: Neuron): number {
  const fires = firesOn(neuron, rows);
  const off = family.activation === 'sign' ? -1 : 0;
  return gains.reduce((sum, gain, row) => sum + gain * (fires[row] ? 1 : off), 0);
}

/** As if a neuron could fire on any set of rows that holds equal rows together. */
function trivialBound({ rows, gains, family }: PricingTask): number {
  const sums = new Map<string, number>();
  gains.forEach((gain, row) => {
    const key = rows.values.subarray(row * rows.inputs, (row + 1) * rows.inputs).join(' ');
    sums.set(key, (sums.get(key) ?? 0) + gain);
  });
  const mass = [...sums.values()].reduce((sum, gain) => sum + Math.abs(gain), 0);
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return family.activation === 'sign' ? mass : (mass + Math.abs(total)) / 2;
}

/** The largest edge in a part, by all weights and all thresholds. */
function bruteForce(task: PricingTask): number {
  const { rows, family, part } = task;
  const largest = weightBound(family.domain);
  let best = 0;
  const visit = (neuron: Omit<Neuron, 'threshold'>, next: number): void => {
    if (neuron.inputs.length > 0) {
      const { inputs, weights } = neuron;
      const scores = Array.from({ length: rows.count }, (_, row) =>
        inputs.reduce((sum, input, at) => sum + weights[at] * rows.values[row * rows.inputs + input], 0),
      );
      for (const threshold of new Set([...scores, Math.max(...scores) + 1]))
        best = Math.max(best, Math.abs(edgeOf(task, { ...neuron, threshold })));
    }
    if (neuron.inputs.length === family.weights) return;
    const end = neuron.inputs.length === 0 ? part.to : rows.inputs;
    for (let input = next; input < end; input++)
      for (let weight = -largest; weight <= largest; weight++)
        if (weight !== 0) visit({ inputs: [...neuron.inputs, input], weights: [...neuron.weights, weight] }, input + 1);
  };
  visit({ inputs: [], weights: [] }, part.from);
  return best;
}

function expectValid(task: PricingTask, largest = bruteForce(task)): void {
  const { neurons, bound } = priceNeurons(task);
  expect(bound).toBeGreaterThanOrEqual(largest);
  expect(neurons.length).toBeLessThanOrEqual(task.most);
  const patterns = new Set<string>();
  for (const { neuron, edge } of neurons) {
    expect(Math.abs(edgeOf(task, neuron))).toBe(edge);
    expect(neuron.inputs.length).toBeLessThanOrEqual(task.family.weights);
    expect(neuron.inputs.every((input, at) => at === 0 || input > neuron.inputs[at - 1])).toBe(true);
    const bound = weightBound(task.family.domain);
    expect(neuron.weights.every((weight) => weight !== 0 && Math.abs(weight) <= bound)).toBe(true);
    expect(firstOf(neuron)).toBeGreaterThanOrEqual(task.part.from);
    expect(firstOf(neuron)).toBeLessThan(task.part.to);
    patterns.add(firesOn(neuron, task.rows).join(''));
  }
  expect(patterns.size).toBe(neurons.length);
  expect(neurons.map(({ edge }) => edge)).toEqual(neurons.map(({ edge }) => edge).sort((a, b) => b - a));
}

describe('priceNeurons', () => {
  test.each(cases)('finds and proves the largest edge of the whole family: $family, values below $values', (given) => {
    const task = smallTask(given);
    const largest = bruteForce(task);
    expectValid(task, largest);
    const { neurons, bound } = priceNeurons(task);
    expect(bound).toBe(largest);
    expect(neurons[0]?.edge ?? 0).toBe(largest);
    if (given.seed % 2) for (const { neuron, edge } of neurons) expect(edgeOf(task, neuron)).toBe(edge);
  });

  test.each(cases)('proves without a search, in every part: $family, values below $values', (given) => {
    const whole = smallTask(given);
    for (const part of partsOfFamily(whole.rows.inputs, whole.family, 3)) {
      const task = { ...whole, part, effort: { search: 0, proof: 1e12 } };
      const largest = bruteForce(task);
      expectValid(task, largest);
      const { neurons, bound } = priceNeurons(task);
      expect(bound).toBe(largest);
      expect(neurons[0]?.edge ?? 0).toBe(largest);
    }
  });

  test.each([0, 1, 300, 3000, 20000])('the bound of a proof cut off after %i additions holds', (proof) => {
    for (const given of cases.filter((_, c) => c % 3 === 0)) {
      const task = { ...smallTask(given), effort: { search: 0, proof } };
      expectValid(task);
      const { bound, boundBy } = priceNeurons(task);
      expect(bound).toBeLessThanOrEqual(trivialBound(task));
      if (proof === 0) expect([bound, boundBy]).toEqual([trivialBound(task), 'trivial']);
    }
  });

  test('a cut-off proof ends early, and more effort never gives a worse bound', () => {
    const { work: whole } = priceNeurons({ ...smallTask(cases[4]), effort: { search: 0, proof: 1e12 } });
    let last = Infinity;
    for (const fraction of [0.1, 0.3, 0.5, 0.9, 2]) {
      const effort = { search: 0, proof: Math.ceil(whole * fraction) };
      const { bound, work } = priceNeurons({ ...smallTask(cases[4]), effort });
      expect(bound).toBeLessThanOrEqual(last);
      if (fraction < 0.5) expect(work).toBeLessThan(whole);
      last = bound;
    }
  });

  test('a target that no neuron exceeds is the bound; one below is exceeded', () => {
    for (const given of cases) {
      const task = smallTask(given);
      const largest = bruteForce(task);
      const idle = { ...task, effort: { search: 0, proof: 1e12 } };
      expect(priceNeurons({ ...idle, target: largest }).bound).toBe(largest);
      if (largest + 2 <= trivialBound(task))
        expect(priceNeurons({ ...idle, target: largest + 2 }).bound).toBe(largest + 2);
      expect(priceNeurons({ ...idle, target: largest - 1 }).neurons[0]?.edge).toBe(largest);
    }
  });

  test('the same result each time', () => {
    for (const given of cases.slice(0, 8))
      expect(priceNeurons(smallTask(given))).toEqual(priceNeurons(smallTask(given)));
  });

  test('no neuron without weights, without gains, without rows, or if nothing varies', () => {
    for (const given of cases.slice(0, 4)) {
      // An odd seed: the gains balance, so that a neuron that fires on all rows has no edge.
      const task = smallTask({ ...given, seed: 1 });
      const { rows, family } = task;
      const nothing = { neurons: [], bound: 0 };
      expect(priceNeurons({ ...task, family: { ...family, weights: 0 } })).toMatchObject(nothing);
      expect(priceNeurons({ ...task, gains: new Float64Array(rows.count) })).toMatchObject(nothing);
      const none = { ...rows, count: 0, values: new Uint8Array(0) };
      expect(priceNeurons({ ...task, rows: none, gains: new Float64Array(0) })).toMatchObject(nothing);
      const equal = { ...rows, values: new Uint8Array(rows.values.length).fill(3) };
      expect(priceNeurons({ ...task, rows: equal })).toMatchObject(nothing);
    }
  });

  test('a proof finds as many neurons above the target as are wanted', () => {
    const task = { ...smallTask(cases[1]), effort: { search: 0, proof: 1e12 } };
    const { neurons } = priceNeurons(task);
    expect(neurons).toHaveLength(task.most);
    const target = neurons[task.most - 1].edge;
    const above = priceNeurons({ ...task, target }).neurons.filter(({ edge }) => edge > target);
    expect(above.map(({ edge }) => edge)).toEqual(neurons.map(({ edge }) => edge).filter((edge) => edge > target));
  });

  test('many scores are sorted, with the same result as few that are counted', () => {
    for (const given of [cases[0], cases[1]]) {
      const priced = (largest: number) => {
        const family: Family = { weights: 2, domain: `integer(${largest})`, activation: 'sign' };
        return priceNeurons({ ...smallTask({ ...given, values: 2 }), family, effort: { search: 1e4, proof: 1e12 } });
      };
      // With two values, weights beyond 2 give no new sets of rows.
      const { bound, neurons } = priced(2);
      const { bound: sorted, neurons: found } = priced(200);
      expect([sorted, found[0].edge]).toEqual([bound, neurons[0].edge]);
      expect(priced(127).bound).toBe(bound);
    }
  });

  test('scores beyond 31 bits are refused', () => {
    const family: Family = { weights: 2, domain: `integer(${2 ** 40})`, activation: 'sign' };
    expect(() => priceNeurons({ ...smallTask(cases[3]), family })).toThrow(/at most 1073741823/);
  });

  test('an input that does not vary can lead a neuron', () => {
    const values = Uint8Array.from([7, 0, 7, 1, 7, 1]);
    const task: PricingTask = {
      rows: { count: 3, inputs: 2, values },
      gains: Float64Array.from([-2, 1, 1]),
      family: { weights: 2, domain: 'ternary', activation: 'sign' },
      part: { from: 0, to: 1 },
      most: 3,
      target: 0,
      effort: { search: 0, proof: 1e6 },
    };
    const { neurons, bound } = priceNeurons(task);
    expect(bound).toBe(4);
    expect(neurons.map(({ edge }) => edge)).toEqual([4]);
    expect(neurons[0].neuron.inputs).toEqual([0, 1]);
    expect([...firesOn(neurons[0].neuron, task.rows)]).toEqual([0, 1, 1]);
  });

  test('ends when asked to, with a valid bound', () => {
    const task = smallTask(cases[0]);
    const { bound, work } = priceNeurons(task, { stopped: () => true });
    expect(bound).toBeGreaterThanOrEqual(bruteForce(task));
    expect(work).toBeLessThan(priceNeurons(task).work);
  });
});
