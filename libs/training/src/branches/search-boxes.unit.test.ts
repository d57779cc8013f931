import { seededRandom, type Random } from '@mipnet/dataset';
import { expect, test } from 'vitest';
import { freeNetwork, type FreeNetwork } from '../model/free-network.js';
import { objectiveValue } from '../model/objectives/registry.js';
import { withLayer } from '../problem/free-layers.js';
import type { Incumbent } from '../problem/incumbent.js';
import { boundOf, wholeProblem, type OpenBox } from '../problem/open-box.js';
import { improve } from '../search/improve.js';
import { smallProblem } from '../testing/small-problem.js';
import { searchBoxes } from './search-boxes.js';

interface Drawn {
  readonly free: FreeNetwork;
  readonly least: number;
}

/** A neuron on few samples, and the least objective of all its weights, each with its best bias. */
function drawn(
  random: Random,
  { inputs, margin, sparsity, most }: Record<'inputs' | 'margin' | 'sparsity' | 'most', number>,
): Drawn {
  const rows = Array.from({ length: 7 }, () => Array.from({ length: inputs }, () => random.integer(9) / 8));
  const { problem, data } = smallProblem({
    layers: [{ outputs: 1, domain: most === 1 ? 'ternary' : `integer(${most})` }],
    rows,
    labels: rows.map((_, k) => k % 2),
    weights: rows.map(() => 1 + random.integer(2)),
    objectives: [{ kind: 'fit', loss: 'hinge', margin, sparsity }],
    grid: 1 / 8,
  });
  const free = freeNetwork(problem, data);
  let least = Infinity;
  const weights = new Float64Array(inputs).fill(-most);
  for (let at = 0; at < inputs;) {
    least = Math.min(least, valueAt(free, weights));
    for (at = 0; at < inputs && weights[at] === most; at++) weights[at] = -most;
    if (at < inputs) weights[at]++;
  }
  return { free, least };
}

/** The objective at fixed weights, by the search that finds the best bias. */
function valueAt({ problem, data }: FreeNetwork, weights: Float64Array): number {
  const own = { ...problem.free[0]!, lower: weights, upper: weights };
  const only = freeNetwork({ ...problem, free: [own] }, data);
  const layer = problem.network.layers[0];
  if (layer.kind !== 'dense') throw new Error('the layer is dense');
  const network = improve(only, withLayer(problem.network, 0, { ...layer, weights: weights.slice() }));
  return objectiveValue(problem.objectives[0], only.replay(network));
}

const kinds = [
  { inputs: 5, margin: 1, sparsity: 0.25, most: 1 },
  { inputs: 5, margin: 2, sparsity: 0.03, most: 1 },
  { inputs: 5, margin: 1.5, sparsity: 0, most: 1 },
  { inputs: 3, margin: 2, sparsity: 0.1, most: 2 },
];

test.each(kinds)('the optimum of a neuron is that of all its weights: %o', (kind) => {
  for (let seed = 0; seed < 4; seed++) {
    const { free, least } = drawn(seededRandom(seed, 'neuron'), kind);
    const { objective, bound, status, openSet } = searchBoxes(free, wholeProblem.boxes);
    expect(objective, `seed ${seed}`).toBeCloseTo(least, 9);
    expect(bound, `seed ${seed}`).toBeCloseTo(least, 5);
    expect({ status, boxes: openSet?.boxes }).toEqual({ status: 'optimal', boxes: [] });
  }
});

/** Leaves with little work, one after the other, each with what the one before left open. */
function inSteps({ problem, data }: FreeNetwork, workLimit: number): Incumbent[] {
  const steps: Incumbent[] = [];
  let boxes: readonly OpenBox[] = wholeProblem.boxes;
  while (boxes.length > 0 && steps.length < 500) {
    const network = steps.at(-1)?.network ?? problem.network;
    const found = searchBoxes(freeNetwork({ ...problem, network, limits: { gap: 0, workLimit } }, data), boxes);
    steps.push(found);
    boxes = found.openSet!.boxes;
  }
  return steps;
}

test('a search that is cut off often hands on boxes with valid bounds and ends at the same optimum', () => {
  let cut = 0;
  for (const kind of kinds)
    for (let seed = 0; seed < 4; seed++) {
      const { free, least } = drawn(seededRandom(seed, 'neuron'), kind);
      const steps = inSteps(free, 8);
      cut += steps.length - 1;
      for (const { objective, bound, openSet } of steps) {
        expect(boundOf(openSet!, objective)).toBe(bound);
        expect(bound).toBeLessThanOrEqual(least + 1e-9);
      }
      expect(steps.at(-1)!.objective).toBeCloseTo(least, 9);
      expect(steps.at(-1)!.status).toBe('optimal');
    }
  expect(cut).toBeGreaterThan(8);
});

test('a stop leaves a network, and boxes with valid bounds', () => {
  let open = 0;
  for (let seed = 0; seed < 4; seed++) {
    const { free, least } = drawn(seededRandom(seed, 'neuron'), kinds[1]);
    const { openSet, bound } = searchBoxes(free, wholeProblem.boxes, { stopped: () => true });
    open += openSet!.boxes.length;
    expect(bound).toBeLessThanOrEqual(least + 1e-9);
  }
  expect(open).toBeGreaterThan(0);
});

test('a network with hidden neurons is refused', () => {
  const { problem, data } = smallProblem({
    layers: [
      { outputs: 2, domain: 'ternary', activation: 'sign' },
      { outputs: 1, domain: 'ternary' },
    ],
    rows: [[0], [1]],
    labels: [0, 1],
  });
  expect(() => searchBoxes(freeNetwork(problem, data), wholeProblem.boxes)).toThrow('one neuron with integer weights');
});
