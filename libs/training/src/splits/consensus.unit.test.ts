import { seededRandom, writeDataset, type LoadedDataset } from '@mipnet/dataset';
import { inDomain, type Dense, type Network, type WeightDomain } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import type { Incumbent } from '../problem/incumbent.js';
import { freeLayers } from '../model/free-network.js';
import { scoreData } from '../model/score-data.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { alignedTo } from './align-neurons.js';
import { averageNetwork } from './average-network.js';
import { consensus } from './consensus.js';
import type { SplitSpec } from '../problem/split-spec.js';

const spec: SplitSpec = { name: 'batches', kind: 'consensus', count: 4, rounds: 3 };

async function made(domain: WeightDomain = 'integer(4)'): Promise<{ store: MemoryStore; problem: TrainingProblem }> {
  const random = seededRandom(7);
  const labels = Int32Array.from({ length: 60 }, (_, k) => (k % 3 === 0 ? 1 : 0));
  const features = Uint8Array.from(
    { length: 60 * 6 },
    (_, at) => (at % 6 === labels[Math.floor(at / 6)] ? 3 : 0) + random.integer(3),
  );
  const part = { name: 'made', classes: ['a', 'b'], inputShape: [6], count: 60, size: 6, features, scale: 1, labels };
  const dataset: LoadedDataset = {
    name: 'made',
    classes: part.classes,
    inputShape: [6],
    train: part,
    test: null,
    notes: [],
  };
  const store = new MemoryStore();
  const problem: TrainingProblem = {
    name: 'made',
    dataset: await writeDataset(store, dataset),
    view: {
      rows: Int32Array.from(labels.keys()),
      labels,
      classes: Int32Array.of(0, 1),
      shifts: 0,
      validationRows: new Int32Array(),
      validationLabels: new Int32Array(),
    },
    network: {
      inputShape: [6],
      layers: [{ kind: 'dense', inputs: 6, outputs: 1, weights: new Float64Array(6), bias: new Float64Array(1) }],
    },
    free: [{ domain, bias: true }],
    objectives: [{ kind: 'fit', loss: 'hinge', margin: 1.5, sparsity: 0.4 }],
    limits: { gap: 0 },
    splits: [spec],
    seed: 3,
  };
  return { store, problem };
}

const withWeights = (problem: TrainingProblem, weights: readonly number[]): Network => ({
  ...problem.network,
  layers: [
    { ...(problem.network.layers[0] as Dense), weights: Float64Array.from(weights), bias: Float64Array.of(0.5) },
  ],
});

const solved = {
  name: 'part',
  objective: 0,
  bound: null,
  accuracy: { train: null, validation: null },
  leaves: { optimal: 0, feasible: 1, unresolved: 0, failed: 0 },
  seconds: { solver: 0, merge: 0 },
  stopped: false,
};
const part = (network: Network, bound: number | null = null): { solved: typeof solved; incumbent: Incumbent } => ({
  solved,
  incumbent: { network, objective: 0, bound, status: 'feasible', stages: [] },
});

test('batches are disjoint, hold every row, have each class by its share, and are dealt anew in each round', async () => {
  const { store, problem } = await made();
  const parts = await consensus.divide({ problem, spec, store, state: { round: 0 }, current: undefined });
  expect(parts.flatMap(({ view }) => [...view.rows]).sort((a, b) => a - b)).toEqual([...problem.view.rows]);
  expect(parts.map(({ view }) => [view.rows.length, view.labels.reduce((sum, label) => sum + label, 0)])).toEqual([
    [15, 5],
    [15, 5],
    [15, 5],
    [15, 5],
  ]);
  const again = await consensus.divide({ problem, spec, store, state: { round: 1 }, current: undefined });
  expect(again.map(({ view }) => [...view.rows])).not.toEqual(parts.map(({ view }) => [...view.rows]));
});

test('the box around the incumbent shrinks and stays in the domain', async () => {
  const { store, problem } = await made();
  const current = part(withWeights(problem, [4, -4, 0, 1, 2, 3])).incumbent;
  const boxes = await Promise.all(
    [0, 1, 2].map(
      async (round) => (await consensus.divide({ problem, spec, store, state: { round }, current }))[0].free[0],
    ),
  );
  expect(boxes[0]?.lower).toBeUndefined();
  expect([...boxes[1]!.lower!]).toEqual([1, -4, -3, -2, -1, 0]);
  expect([...boxes[2]!.upper!]).toEqual([4, -2, 2, 3, 4, 4]);
});

test.each(['ternary', 'binary', 'integer(4)'] as const)(
  'an average of %s networks is one of the domain, not a fraction',
  async (domain) => {
    const { problem } = await made(domain);
    const [one, other] = [
      [1, 1, -1, 1, -1, 1],
      [-1, 1, -1, -1, 1, 1],
    ].map((weights) => withWeights(problem, weights));
    const merged = averageNetwork(problem, freeLayers(problem, 1).precisions, [one, other], [2, 1]);
    const layer = merged.layers[0] as Dense;
    expect(inDomain(layer.weights, domain)).toBe(true);
    expect([...layer.weights].slice(1, 3)).toEqual([1, -1]);
    expect(layer.bias[0] % 1).toBeCloseTo(0.5);
  },
);

test('the best of average, parts and incumbent is kept: a round never loses', async () => {
  const { store, problem } = await made();
  const good = withWeights(problem, [-1, 1, 0, 0, 0, 0]);
  const bad = withWeights(problem, [3, -3, 0, 0, 0, 0]);
  const value = async (network: Network) => (await scoreData(store, problem, network)).objective;
  const first = await consensus.merge({ problem, spec, store, state: { round: 0 }, current: undefined }, [
    part(bad, 1),
    part(good, 1),
    undefined,
    part(bad, 1),
  ]);
  expect(first.incumbent!.objective).toBeLessThanOrEqual(await value(good));
  expect(first.incumbent!.bound).toBeNull();
  const second = await consensus.merge({ problem, spec, store, state: { round: 1 }, current: first.incumbent! }, [
    part(bad),
    part(bad),
    part(bad),
    part(bad),
  ]);
  expect(second.incumbent!.objective).toBe(first.incumbent!.objective);
  expect(second.again).toBe(true);
  expect(
    (await consensus.merge({ problem, spec, store, state: { round: 2 }, current: second.incumbent! }, [undefined]))
      .again,
  ).toBe(false);
});

test('the bounds of the first round add up to one of the whole, because the parts share out the sparsity', async () => {
  const { store, problem } = await made();
  const parts = await consensus.divide({ problem, spec, store, state: { round: 0 }, current: undefined });
  expect(parts[0].objectives[0]).toMatchObject({ sparsity: 0.1 });
  const { incumbent } = await consensus.merge(
    { problem, spec, store, state: { round: 0 }, current: undefined },
    parts.map(() => part(withWeights(problem, [-1, 1, 0, 0, 0, 0]), 0.2)),
  );
  expect(incumbent!.bound).toBeCloseTo(0.8);
});

test('a batch smaller than the number of classes is refused', async () => {
  const { problem } = await made();
  expect(() => consensus.check(problem, { ...spec, count: 31 })).toThrow(/batches of 1 rows cannot hold all 2 classes/);
  expect(() => consensus.check(problem, { name: 'batches', kind: 'consensus', size: 1, rounds: 1 })).toThrow(
    /make the batches larger/,
  );
});

test('hidden neurons are brought to the places and signs of the reference before they are averaged', async () => {
  const { problem } = await made();
  const deep: TrainingProblem = {
    ...problem,
    network: {
      inputShape: [2],
      layers: [
        {
          kind: 'dense',
          inputs: 2,
          outputs: 2,
          weights: Float64Array.of(1, 1, 1, -1),
          bias: Float64Array.of(0.5, -0.5),
        },
        { kind: 'activation', activation: 'sign' },
        { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, -1), bias: Float64Array.of(0.5) },
      ],
    },
    free: [{ domain: 'ternary', bias: true }, null, { domain: 'ternary', bias: true }],
  };
  const [first, activation, last] = deep.network.layers as [Dense, Network['layers'][number], Dense];
  // Places exchanged, and one neuron with the other sign: the same function.
  const other: Network = {
    inputShape: [2],
    layers: [
      { ...first, weights: Float64Array.of(1, -1, -1, -1), bias: Float64Array.of(-0.5, -0.5) },
      activation,
      { ...last, weights: Float64Array.of(-1, -1) },
    ],
  };
  expect(alignedTo(deep, deep.network, other)).toEqual(deep.network);
});
