import { openSolver, type Solver } from '@mipnet/solver';
import { violationOf, objectiveOf } from '@mipnet/mip';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeSolver } from '../../testing/fake-solver.js';
import type { Family } from '../family.js';
import { enumerationWork } from './enumerate-neurons.js';
import { gainRows } from './gain-rows.js';
import { NeuronPool } from './neuron-pool.js';
import { priceByMip } from './price-by-mip.js';
import { priceNeurons } from './price-neurons.js';
import { pricePart } from './price-part.js';
import { pricingModel } from './pricing-model.js';
import { partsOfFamily } from './parts-of-family.js';
import { searchNeurons } from './search-neurons.js';
import { smallTask } from './testing/small-task.js';

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver();
});
afterAll(() => solver.close());

const families: Family[] = [
  { weights: 3, domain: 'ternary', activation: 'sign' },
  { weights: 2, domain: 'integer(3)', activation: 'step' },
  { weights: 3, domain: 'binary', activation: 'step' },
];
const cases = families.flatMap((family, f) => [2, 3, 30].map((values, v) => ({ seed: 10 * f + v, family, values })));

describe('priceByMip', () => {
  test.each(cases)('agrees with the enumeration in every part: $family, values below $values', async (given) => {
    const whole = smallTask(given);
    for (const part of partsOfFamily(whole.rows.inputs, whole.family, 2)) {
      for (const search of [0, 1e6]) {
        const task = { ...whole, part, effort: { search, proof: 1e12 } };
        const largest = priceNeurons(task).bound;
        const { neurons, bound } = await priceByMip(solver, task, {});
        expect(neurons[0]?.edge ?? 0).toBe(largest);
        expect(bound).toBeGreaterThanOrEqual(largest);
        expect(bound).toBeLessThanOrEqual(largest * 1.001 + 1);
      }
    }
  });

  test('the point of a neuron is feasible, has its spread as objective and gives it back', () => {
    for (const given of cases) {
      const task = smallTask(given);
      const rows = gainRows(task);
      const pool = new NeuronPool(rows, task.family.activation, 5);
      searchNeurons(rows, pool, { weights: task.family.weights, effort: 1e5, stopped: () => false });
      const { model, scale, toPoint, toTerms } = pricingModel(rows, task.family.weights);
      const best = pool.bestSigned!;
      const x = toPoint(best.terms, best.after);
      expect(violationOf(model, x)).toBeLessThanOrEqual(1e-9);
      expect(-objectiveOf(model, x) * scale).toBeCloseTo(pool.best, 6);
      expect(pool.spreadOf(toTerms(x))).toBe(pool.best);
    }
  });

  test('what does not exceed the target is not looked for, and the target is the bound', async () => {
    const task = smallTask(cases[0]);
    const largest = priceNeurons(task).bound;
    const idle = { ...task, target: largest, effort: { search: 0, proof: 1 } };
    expect((await priceByMip(solver, idle, {})).bound).toBe(largest);
    const looking = await priceByMip(solver, { ...idle, target: largest - 1 }, {});
    expect(looking.neurons[0].edge).toBe(largest);
  });

  test('a bound that a neuron contradicts, and a point that is no neuron, are not believed', async () => {
    const task = smallTask(cases[0]);
    const honest = await priceByMip(solver, task, {});
    const lying = fakeSolver('lying', () => ({
      status: 'optimal',
      objective: null,
      bound: -1e-3,
      nodes: 0,
      work: 0,
      seconds: 0,
      interrupted: false,
    }));
    const answer = await priceByMip(lying, task, {});
    expect(answer.boundBy).toBe('trivial');
    expect(answer.bound).toBeGreaterThan(honest.bound);
    expect(answer.neurons[0].edge).toBe(honest.neurons[0].edge);
    const boasting = fakeSolver('boasting', (model) => ({
      status: 'optimal',
      x: new Float64Array(model.columnCount),
      objective: -1e9,
      bound: -1e9,
      nodes: 0,
      work: 0,
      seconds: 0,
      interrupted: false,
    }));
    expect((await priceByMip(boasting, task, {})).boundBy).toBe('trivial');
  });

  test('no proof is asked for with an effort of 0', async () => {
    const never = fakeSolver('never', () => {
      throw new Error('not asked');
    });
    const task = smallTask(cases[0]);
    const { boundBy } = await priceByMip(never, { ...task, effort: { search: 1e5, proof: 0 } }, {});
    expect(boundBy).toBe('trivial');
  });
});

describe('pricePart', () => {
  test('enumerates what fits into the effort, and solves a MIP otherwise', async () => {
    const task = smallTask(cases[0]);
    const largest = priceNeurons(task).bound;
    const work = enumerationWork(gainRows(task), task.family.weights);
    const pricedWith = (proof: number) => pricePart(solver, { ...task, effort: { search: 1e5, proof } }, {});
    expect(await pricedWith(100 * work)).toMatchObject({ bound: largest, boundBy: 'enumeration' });
    const { bound, boundBy } = await pricedWith(0.99 * work);
    expect(boundBy).toBe('branch and cut');
    expect(Math.abs(bound - largest)).toBeLessThanOrEqual(1);
    expect(await pricedWith(0)).toMatchObject({ boundBy: 'trivial' });
  });
});
