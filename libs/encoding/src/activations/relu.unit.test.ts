import { combination, type Model } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeTrained, type TrainedEncoding } from '../encode-trained.js';
import { intervalBounds } from '@mipnet/bounds';
import type { Box } from '@mipnet/bounds';
import { hullRounds } from '../hull-rounds.js';
import { groupsOf, parseReluFormulation, type ReluFormulation } from './relu-formulation.js';
import { between, integerBetween, randomDense, randomNumbers } from '@mipnet/bounds/testing/random-trained';

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

interface Problem {
  readonly network: Network;
  readonly box: Box;
  /** Of the outputs, then of the inputs. */
  readonly objective: Float64Array;
}

/**
 * Relu neurons of the same inputs, most of them open; the objective pushes neurons up and their pre-activations down.
 */
function randomLayer(seed: number, neurons?: number, width?: number): Problem {
  const random = randomNumbers(seed);
  const inputs = width ?? integerBetween(random, 2, 5);
  const outputs = neurons ?? integerBetween(random, 1, 4);
  const numbers = (length: number, most: number) => Float64Array.from({ length }, () => between(random, -most, most));
  const weights = numbers(inputs * outputs, 1);
  const network: Network = {
    inputShape: [inputs],
    layers: [
      { kind: 'dense', inputs, outputs, weights, bias: numbers(outputs, 0.4) },
      { kind: 'activation', activation: 'relu' },
    ],
  };
  const objective = new Float64Array(outputs + inputs);
  for (let j = 0; j < outputs; j++) {
    objective[j] = -between(random, 0.5, 2);
    const back = between(random, 0.2, 0.8);
    for (let i = 0; i < inputs; i++) objective[outputs + i] -= back * objective[j] * weights[j * inputs + i];
  }
  const lower = numbers(inputs, 1);
  return { network, box: { lower, upper: lower.map((low) => low + between(random, 0.5, 2)) }, objective };
}

function withObjective({ model, outputs, inputColumns }: TrainedEncoding, objective: Float64Array): Model {
  const inputs = Array.from(inputColumns, (column) => ({
    constant: 0,
    columns: column < 0 ? [] : [column],
    values: column < 0 ? [] : [1],
  }));
  const { columns, values, constant } = combination(
    [...outputs.map(({ expression }) => expression), ...inputs],
    objective,
  );
  const cost = new Float64Array(model.columnCount);
  for (let k = 0; k < columns.length; k++) cost[columns[k]] = values[k];
  return { ...model, cost, offset: constant };
}

function relaxation({ network, box, objective }: Problem, formulation: ReluFormulation): number {
  // Interval bounds: with tighter ones the formulations differ by what the bounds know and the box does not.
  const encoding = encodeTrained(network, box, { formulation, bounds: intervalBounds(network, box) });
  const model = withObjective(encoding, objective);
  if (formulation !== 'convex-hull') return solver.solve(model, { relaxation: true }).objective as number;
  const rounds = hullRounds(solver, model, encoding.hull, { rounds: 50, tolerance: 1e-7 });
  expect(rounds.complete).toBe(true);
  return rounds.objective as number;
}

const layers = Array.from({ length: 50 }, (_, seed) => randomLayer(seed + 1));

describe('relaxations are as tight as they claim, on 50 random layers', () => {
  test('convex hull after its rounds = extended', () => {
    let tighter = 0;
    for (const layer of layers) {
      const extended = relaxation(layer, 'extended');
      expect(Math.abs(relaxation(layer, 'convex-hull') - extended)).toBeLessThan(1e-6);
      if (extended > relaxation(layer, 'big-m') + 1e-4) tighter++;
    }
    // Else the test above would compare big-M with itself.
    expect(tighter).toBeGreaterThan(10);
  });

  test('convex hull = extended on wide layers too, at a fraction of its size', () => {
    const sizes = { hull: 0, extended: 0 };
    for (let seed = 1; seed <= 50; seed++) {
      const layer = randomLayer(seed, 10, 20);
      const bounds = intervalBounds(layer.network, layer.box);
      const hull = encodeTrained(layer.network, layer.box, { formulation: 'convex-hull', bounds });
      const rounds = hullRounds(solver, withObjective(hull, layer.objective), hull.hull, {
        rounds: 50,
        tolerance: 1e-7,
      });
      expect(Math.abs((rounds.objective as number) - relaxation(layer, 'extended'))).toBeLessThan(1e-6);
      sizes.hull += rounds.model.rowCount;
      sizes.extended += encodeTrained(layer.network, layer.box, { formulation: 'extended', bounds }).model.rowCount;
    }
    expect(sizes.hull).toBeLessThan(0.2 * sizes.extended);
  });

  test('partition(1) = big-M, partition(inputs) = extended, partition(2) between', () => {
    for (const layer of layers) {
      const bigM = relaxation(layer, 'big-m');
      const extended = relaxation(layer, 'extended');
      const between = relaxation(layer, 'partition(2)');
      expect(Math.abs(relaxation(layer, 'partition(1)') - bigM)).toBeLessThan(1e-6);
      expect(Math.abs(relaxation(layer, 'partition(5)') - extended)).toBeLessThan(1e-6);
      expect(between).toBeGreaterThan(bigM - 1e-6);
      expect(between).toBeLessThan(extended + 1e-6);
    }
  });

  test('extended and convex hull are ideal for one neuron: the relaxation is the MIP', () => {
    let open = 0;
    for (let seed = 100; seed < 130; seed++) {
      const layer = randomLayer(seed, 1);
      const encoding = encodeTrained(layer.network, layer.box);
      const exact = solver.solve(withObjective(encoding, layer.objective)).objective as number;
      if (encoding.model.integer.includes(1)) open++;
      for (const formulation of ['extended', 'convex-hull'] as const)
        expect(Math.abs(relaxation(layer, formulation) - exact)).toBeLessThan(1e-6);
    }
    expect(open).toBeGreaterThan(5);
  });

  test('the rounds leave only rows that are tight, and the MIP the same optimum', () => {
    for (const { network, box, objective } of layers.slice(0, 12)) {
      const encoding = encodeTrained(network, box, { formulation: 'convex-hull' });
      const model = withObjective(encoding, objective);
      const rounds = hullRounds(solver, model, encoding.hull);
      expect(rounds.model.rowCount).toBe(model.rowCount + rounds.added - rounds.dropped);
      expect(solver.solve(rounds.model, { relaxation: true }).objective).toBeCloseTo(rounds.objective as number, 6);
      expect(solver.solve(rounds.model).objective).toBeCloseTo(solver.solve(model).objective as number, 6);
    }
  });
});

describe('choice of the formulation', () => {
  const network: Network = {
    inputShape: [2],
    layers: [1, 2].flatMap((seed) => [
      randomDense(randomNumbers(seed), 2, 2),
      { kind: 'activation' as const, activation: 'relu' as const },
    ]),
  };
  const box = { lower: Float64Array.of(-5, -5), upper: Float64Array.of(5, 5) };

  test('for each layer by its index', () => {
    const mixed = encodeTrained(network, box, { formulation: 'convex-hull', layerFormulations: { 3: 'big-m' } });
    const all = encodeTrained(network, box, { formulation: 'convex-hull' });
    expect(mixed.hull.length).toBeGreaterThan(0);
    expect(all.hull.length).toBeGreaterThan(mixed.hull.length);
  });

  test('a name that is none is refused with the names there are', () => {
    expect(() => encodeTrained(network, box, { formulation: 'hull' as ReluFormulation })).toThrow(
      /'hull'; use big-m, extended, convex-hull or partition/,
    );
    expect(() => parseReluFormulation('partition(0)')).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(parseReluFormulation('partition(4)')).toBe('partition(4)');
    expect(groupsOf('partition(12)')).toBe(12);
  });

  test('stable neurons have no binary in any formulation', () => {
    for (const formulation of ['big-m', 'extended', 'convex-hull', 'partition(2)'] as const) {
      const dense = {
        kind: 'dense' as const,
        inputs: 2,
        outputs: 2,
        weights: Float64Array.of(1, 1, 1, 1),
        bias: Float64Array.of(20, -20),
      };
      const { model } = encodeTrained(
        { inputShape: [2], layers: [dense, { kind: 'activation', activation: 'relu' }] },
        box,
        { formulation },
      );
      expect(model.integer.includes(1)).toBe(false);
    }
  });
});
