import { seededRandom, writeDataset } from '@mipnet/dataset';
import { forward, sizeOf, type Conv2d, type Dense, type Layer } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import type { Incumbent } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { neurons } from './neurons.js';
import type { SplitSpec } from '../problem/split-spec.js';

const spec: SplitSpec = { name: 'neurons', samples: 4, margin: 1, sparsity: 0.01 };
const inputShape = [2, 6, 5];

async function problemOf(
  layer: Conv2d | Dense,
  before: readonly Layer[] = [],
): Promise<{ store: MemoryStore; problem: TrainingProblem }> {
  const store = new MemoryStore();
  const random = seededRandom(1);
  const count = 30;
  const size = sizeOf(inputShape);
  const labels = Int32Array.from({ length: count }, (_, k) => k % 3);
  const train = {
    name: 'made',
    classes: ['a', 'b', 'c'],
    inputShape,
    count,
    size,
    features: Uint8Array.from({ length: count * size }, () => random.integer(256)),
    scale: 1 / 255,
    labels,
  };
  const layers: Layer[] = [...before, layer, { kind: 'activation', activation: 'step' }];
  const problem: TrainingProblem = {
    name: 'layer 0',
    dataset: await writeDataset(store, {
      name: 'made',
      classes: train.classes,
      inputShape,
      train,
      test: null,
      notes: [],
    }),
    view: {
      rows: Int32Array.from(labels.keys()),
      labels,
      classes: Int32Array.of(4, 7, 9),
      shifts: 4,
      validationRows: new Int32Array(),
      validationLabels: new Int32Array(),
    },
    network: { inputShape, layers },
    free: layers.map((other) => (other === layer ? { domain: 'ternary', bias: true } : null)),
    objectives: [{ kind: 'fit', loss: 'hinge', margin: 9, sparsity: 0 }],
    limits: { gap: 0 },
    splits: [spec],
    seed: 5,
  };
  return { store, problem };
}

const filters: Conv2d = {
  kind: 'conv2d',
  inputChannels: 2,
  outputChannels: 12,
  groups: 1,
  kernel: [3, 2],
  strides: [1, 2],
  dilations: [1, 1],
  pads: [1, 0, 1, 1],
  weights: new Float64Array(12 * 12),
  bias: new Float64Array(12),
};

test("a filter's problem is one neuron on the patch at one position: what the convolution computes there", async () => {
  const { store, problem } = await problemOf(filters);
  const parts = await neurons.divide({ problem, spec, store, state: { round: 0 }, current: undefined });
  expect(await neurons.divide({ problem, spec, store, state: { round: 0 }, current: undefined })).toEqual(parts);
  expect(parts.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, (_, j) => `filter ${j}`));
  const random = seededRandom(2);
  const image = Float64Array.from({ length: 60 }, () => random.integer(256) / 255);
  const places = new Set<number>();
  for (const part of parts) {
    const weights = Float64Array.from({ length: 12 }, () => random.integer(3) - 1);
    const neuron = part.network.layers.at(-1) as Dense;
    expect(part.free.map((free) => free?.domain ?? null)).toEqual([null, null, 'ternary']);
    const [value] = forward(
      { ...part.network, layers: [...part.network.layers.slice(0, -1), { ...neuron, weights }] },
      image,
      1,
    );
    const everywhere = forward(
      { inputShape, layers: [{ ...filters, outputChannels: 1, weights, bias: new Float64Array(1) }] },
      image,
      1,
    );
    const place = everywhere.findIndex((other) => Math.abs(other - value) < 1e-12);
    expect(place).toBeGreaterThanOrEqual(0);
    places.add(place);
  }
  expect(places.size).toBeGreaterThan(4);
});

test('neurons of a dense layer see the copies of their samples if the plan says so; filters never', async () => {
  const dense: Dense = {
    kind: 'dense',
    inputs: 60,
    outputs: 2,
    weights: new Float64Array(120),
    bias: new Float64Array(2),
  };
  const shiftsOf = async (layer: Conv2d | Dense, copies: boolean) => {
    const { store, problem } = await problemOf(layer, layer.kind === 'dense' ? [{ kind: 'flatten' }] : []);
    const parts = await neurons.divide({
      problem,
      spec: { ...spec, copies },
      store,
      state: { round: 0 },
      current: undefined,
    });
    return [...new Set(parts.map(({ view }) => view.shifts))];
  };
  expect(await shiftsOf(dense, true)).toEqual([4]);
  expect(await shiftsOf(dense, false)).toEqual([0]);
  expect(await shiftsOf(filters, true)).toEqual([0]);
});

test('each neuron separates two classes on the requested samples, and not all of them the same two', async () => {
  const { store, problem } = await problemOf(
    { kind: 'dense', inputs: 60, outputs: 9, weights: new Float64Array(540), bias: new Float64Array(9) },
    [{ kind: 'flatten' }],
  );
  const parts = await neurons.divide({ problem, spec, store, state: { round: 0 }, current: undefined });
  for (const { view, network, objectives } of parts) {
    expect([...view.labels].sort()).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    view.rows.forEach((row, k) =>
      expect(problem.view.classes[problem.view.labels[row]]).toBe(view.classes[view.labels[k]]),
    );
    expect(view.shifts).toBe(0);
    expect(network.layers.map(({ kind }) => kind)).toEqual(['flatten', 'dense']);
    expect(objectives).toEqual([{ kind: 'fit', loss: 'hinge', margin: 1, sparsity: 0.01 }]);
  }
  expect(new Set(parts.map(({ view }) => view.classes.join())).size).toBeGreaterThan(2);
});

test('with patch, a neuron of a dense layer reads one square of the image; other layers are refused', async () => {
  const dense: Dense = {
    kind: 'dense',
    inputs: 60,
    outputs: 8,
    weights: new Float64Array(480),
    bias: new Float64Array(8),
  };
  const flat: Layer[] = [{ kind: 'flatten' }];
  const { store, problem } = await problemOf(dense, flat);
  const withPatch = { ...spec, patch: 4 };
  neurons.check(problem, withPatch);
  const parts = await neurons.divide({ problem, spec: withPatch, store, state: { round: 0 }, current: undefined });
  const squares = parts.map(({ free }) => [...free.at(-1)!.upper!.keys()].filter((k) => free.at(-1)!.upper![k] > 0));
  expect(squares.map((square) => square.length)).toEqual(Array(8).fill(32));
  expect(new Set(squares.map(([first]) => first)).size).toBeGreaterThan(1);
  expect(() => neurons.check(problem, { ...spec, patch: 6 })).toThrow(/patch is 6, larger than the image of 6x5/);
  const convolution = await problemOf(filters);
  expect(() => neurons.check(convolution.problem, withPatch)).toThrow(/patch is for a dense layer on images/);
});

test('merging places the neurons in their layer, biases on the half grid; a missing one is constant', async () => {
  const { store, problem } = await problemOf(filters);
  const solved = {
    name: 'part',
    objective: 0,
    bound: null,
    accuracy: { train: null, validation: null },
    leaves: { optimal: 1, feasible: 0, unresolved: 0, failed: 0 },
    seconds: { solver: 0, merge: 0 },
    stopped: false,
  };
  const round = { problem, spec, store, state: { round: 0 }, current: undefined };
  const parts = (await neurons.divide(round)).map((part, j) => {
    if (j === 3) return undefined;
    const weights = Float64Array.from({ length: 12 }, (_, i) => ((i + j) % 3) - 1);
    const neuron: Dense = { ...(part.network.layers.at(-1) as Dense), weights, bias: Float64Array.of(j / 255) };
    const incumbent: Incumbent = {
      network: { ...part.network, layers: [...part.network.layers.slice(0, -1), neuron] },
      objective: j,
      bound: 0,
      status: 'optimal',
      stages: [],
    };
    return { solved, incumbent };
  });
  const { incumbent } = await neurons.merge(round, parts);
  const merged = incumbent!.network.layers[0] as Conv2d;
  expect([...merged.weights.subarray(5 * 12, 6 * 12)]).toEqual(Array.from({ length: 12 }, (_, i) => ((i + 5) % 3) - 1));
  expect(merged.weights.subarray(3 * 12, 4 * 12).every((weight) => weight === 0)).toBe(true);
  for (const bias of merged.bias) expect(Math.abs((bias * 510) % 2)).toBeCloseTo(1, 9);
  expect(incumbent!.bound).toBeNull();
  expect(
    (
      await neurons.merge(
        round,
        parts.map(() => undefined),
      )
    ).incumbent,
  ).toBeNull();
});
