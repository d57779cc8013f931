import {
  affineCopies,
  defaultAffine,
  openDataset,
  readRows,
  seededRandom,
  selectRows,
  shiftImages,
  fourNeighbours,
  valuesOf,
  writeDataset,
} from '@mipnet/dataset';
import { gridAfter } from '@mipnet/encoding';
import { forward, type Layer, type Network } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import { isImage } from '../rows/copies.js';
import { materialize } from '../rows/materialize.js';
import { getIncumbent, getProblem } from '../problem/documents.js';
import { scoreData } from '../model/score-data.js';
import { bars, runPlan as run } from '../testing/run-plan.js';
import { layers } from './layers.js';
import type { SplitSpec } from '../problem/split-spec.js';

const head = `
name: bars
dataset: {name: made, perClass: 12, validationPerClass: 5}
network:
  - {conv: 6, kernel: 3, stride: 1, activation: step}
  - {averagePool: 2}
`;

test('filters, then pairs by batches on what they see: one network, in the domain, that classifies', async () => {
  const { store, solved, events } = await run(
    `${head}
  - {dense: 1, activation: sign}
splits: [layers, {neurons: {samples: 8, margin: 1, sparsity: 0.01}}, pairs, {batches: {kind: hardest-first, start: 6, add: 6, rounds: 2}}]
objectives: [{fit: {margin: 2, sparsity: 0.05}}]
solver: {workLimit: 0}`,
    bars(20),
  );
  const { network } = await getIncumbent(store, solved.incumbent!);
  expect(network.layers.map(({ kind }) => kind)).toEqual([
    'conv2d',
    'activation',
    'averagePool2d',
    'flatten',
    'dense',
    'activation',
    'dense',
  ]);
  const [filters] = network.layers;
  if (filters.kind !== 'conv2d') throw new Error('a convolution comes first');
  expect([...filters.weights].every((weight) => [-1, 0, 1].includes(weight))).toBe(true);
  expect([...filters.bias].every((bias) => Math.abs(Math.abs(bias * 255 - Math.floor(bias * 255)) - 0.5) < 1e-6)).toBe(
    true,
  );
  expect(filters.weights.some((weight) => weight !== 0)).toBe(true);
  expect(solved.accuracy.validation).toBeGreaterThan(0.9);
  // 6 filters, and 6 pairs with one or two batches each.
  const leaves = solved.leaves.optimal + solved.leaves.feasible;
  expect(leaves).toBeGreaterThanOrEqual(6 + 6);
  expect(leaves).toBeLessThanOrEqual(6 + 12);
  // The pairs saw a data set of bytes, not images.
  const pairs = events.find((event) => event.kind === 'divided' && event.parts[0].name.startsWith('pair'));
  if (pairs?.kind !== 'divided') throw new Error('pairs were divided');
  const pair = await getProblem(store, pairs.parts[0].problem);
  const { train: table } = await openDataset(store, pair.dataset);
  expect(pair.network.inputShape).toEqual([54]);
  expect([table.storedAs, table.scale]).toEqual(['uint8', 1 / 4]);
});

test('the objective on all the data never rises in the descent, and the curve is kept', async () => {
  const { store, solved, problem } = await run(
    `
name: bars
dataset: {name: made, perClass: 3, validationPerClass: 3}
network:
  - {dense: 2, activation: sign}
  - {dense: 4}
splits: [{layers: {cycles: 2}}]
objectives: [{fit: {margin: 1, sparsity: 0.01}}]
solver: {workLimit: 20}`,
    bars(12),
  );
  const incumbent = await getIncumbent(store, solved.incumbent!);
  const curve = incumbent.stages.map(({ objective, value }) => ({ objective, value }));
  expect(curve.map(({ objective }) => objective)).toEqual([
    'layer 1: fit',
    'layer 3: fit',
    'cycle 0, layer 3: fit',
    'cycle 0, layer 1: fit',
    'cycle 1, layer 3: fit',
    'cycle 1, layer 1: fit',
  ]);
  const values = curve.slice(1).map(({ value }) => value);
  values.slice(1).forEach((value, k) => expect(value).toBeLessThanOrEqual(values[k]));
  expect((await scoreData(store, problem, incumbent.network)).objective).toBe(values.at(-1));
  expect(solved.objective).toBe(values.at(-1));
});

test('neurons keep their activations with other weights, and the layer as a whole follows as a joint repair', async () => {
  const { store, solved, problem, events } = await run(
    `
name: bars
dataset: {name: made, perClass: 6, validationPerClass: 3}
network:
  - {dense: 3, activation: sign}
  - {dense: 4}
splits: [{layers: {cycles: 1}}, {neurons: {samples: 6, margin: 0.2, sparsity: 0.001}}]
objectives: [{fit: {margin: 1, sparsity: 0.01}}]
solver: {workLimit: 0, searchLimit: 1}`,
    bars(12),
  );
  const { stages } = await getIncumbent(store, solved.incumbent!);
  expect(stages.map(({ objective }) => objective)).toEqual([
    'layer 1: fit',
    'layer 3: fit',
    'cycle 0, layer 3: fit',
    'cycle 0, layer 1 by neurons: fit',
    'cycle 0, layer 1: fit',
  ]);
  const values = stages.slice(1).map(({ value }) => value);
  values.slice(1).forEach((value, k) => expect(value).toBeLessThanOrEqual(values[k]));
  const divided = events.filter((event) => event.kind === 'divided' && event.parts[0].name.startsWith('neuron')).at(-1);
  if (divided?.kind !== 'divided') throw new Error('neurons were divided');
  // The labels of a neuron are what it says to every row in the network of the round before.
  for (const [j, part] of divided.parts.entries()) {
    const { view, network } = await getProblem(store, part.problem);
    const { train: table } = await openDataset(store, problem.dataset);
    const read = await readRows(store, table, view.rows);
    const said = forward(network, valuesOf(read), read.count);
    expect(view.rows).toEqual(problem.view.rows);
    expect([...view.labels], `neuron ${j}`).toEqual([...said].map((value) => (value >= 0 ? 1 : 0)));
  }
});

test('a layer of neurons that is worse does not count, and the repair begins with it', async () => {
  const { store, solved, problem } = await run(
    `
name: bars
dataset: {name: made, perClass: 6, validationPerClass: 3}
network:
  - {dense: 3, activation: sign}
  - {dense: 4}
splits: [{layers: {cycles: 2}}, {neurons: {samples: 6, margin: 0.2, sparsity: 0.01}}]
objectives: [{fit: {margin: 1}}]
solver: {workLimit: 0, searchLimit: 1}`,
    bars(12),
  );
  const current = await getIncumbent(store, solved.incumbent!);
  const spec = problem.splits[0] as SplitSpec;
  // Rounds: two to build, then layer 3, layer 1 by neurons, layer 1; the second cycle begins with round 5.
  const at = (round: number, incumbent = current) => ({ problem, spec, store, state: { round }, current: incumbent });
  const none: Network = {
    ...current.network,
    layers: current.network.layers.map((layer, index) =>
      index === 1 && layer.kind === 'dense' ? { ...layer, weights: new Float64Array(layer.weights.length) } : layer,
    ),
  };
  const worse = { solved, incumbent: { ...current, network: none, stages: [] } };
  const { incumbent: kept } = await layers.merge(at(6), [worse]);
  expect(kept!.objective).toBe(current.objective);
  expect(kept!.network).toEqual(current.network);
  const [repair] = await layers.divide(at(7, kept!));
  expect(repair.name).toBe('cycle 1, layer 1');
  expect(repair.network).toEqual(none);
  // The repair is judged against the incumbent, not against what it began with.
  const { incumbent: after } = await layers.merge(at(7, kept!), [worse]);
  expect(after!.network).toEqual(current.network);
  expect(after!.rejected).toBeUndefined();
});

test('two blocks: the last layer, then all layers before it at once', async () => {
  const { store, solved } = await run(
    `
name: bars
dataset: {name: made, perClass: 4, validationPerClass: 3}
network:
  - {dense: 2, activation: step}
  - {dense: 3, activation: step}
  - {dense: 4}
splits: [{layers: {cycles: 2, blocks: two}}]
objectives: [{fit: {margin: 1}}]
solver: {workLimit: 0, searchLimit: 1}`,
    bars(12),
  );
  const { stages } = await getIncumbent(store, solved.incumbent!);
  expect(stages.slice(3).map(({ objective }) => objective)).toEqual([
    'cycle 0, layer 5: fit',
    'cycle 0, layer 1 and 3: fit',
    'cycle 1, layer 5: fit',
    'cycle 1, layer 1 and 3: fit',
  ]);
  const values = stages.slice(2).map(({ value }) => value);
  values.slice(1).forEach((value, k) => expect(value).toBeLessThanOrEqual(values[k]));
});

test('batches outside, layers inside', async () => {
  const { solved, store } = await run(
    `${head}
  - {dense: 4}
splits: [{batches: {kind: hardest-first, start: 5, add: 5, rounds: 2}}, layers]
objectives: [{fit: {margin: 1, sparsity: 0.05}}]
solver: {workLimit: 0}`,
    bars(20),
  );
  const { network, stages } = await getIncumbent(store, solved.incumbent!);
  expect(network.layers).toHaveLength(5);
  expect(stages.every(({ value }, k) => k === 0 || value <= stages[k - 1].value)).toBe(true);
});

test.each([
  ['[{batches: {kind: hardest-first, start: 5, add: 5, rounds: 2}}, pairs]', 'put pairs first'],
  ['[neurons, layers]', 'put layers first'],
  ['[pairs]', 'add layers to the splits'],
  ['[neurons]', 'directly after layers'],
  ['[layers, pairs, neurons]', 'directly after layers'],
  ['[{layers: {cycles: 1}}, pairs]', 'leave cycles out'],
  ['[layers, layers]', 'cannot be divided into layers'],
])('the order %s is refused: %s', async (splits, reason) => {
  await expect(run(`${head}\n  - {dense: 1, activation: sign}\nsplits: ${splits}`, bars(20))).rejects.toThrow(reason);
});

const relu: Layer = { kind: 'activation', activation: 'relu' };
const conv = (activation: 'step' | 'sign'): Layer[] => {
  const random = seededRandom(5);
  return [
    {
      kind: 'conv2d',
      inputChannels: 1,
      outputChannels: 3,
      groups: 1,
      kernel: [3, 3],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      weights: Float64Array.from({ length: 27 }, () => random.integer(3) - 1),
      bias: Float64Array.of(0.5 / 255, -30.5 / 255, 9.5 / 255),
    },
    { kind: 'activation', activation },
    { kind: 'averagePool2d', kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], countIncludePad: true },
  ];
};

test.each([
  ['bytes in integer arithmetic', conv('step'), 'uint8'],
  ['numbers with a sign', conv('sign'), 'float64'],
  ['bytes by the forward pass', [{ kind: 'quantize', levels: 2 }, ...conv('step')] as Layer[], 'uint8'],
])('materialized layers are the forward pass on every row and copy: %s', async (_, layers, storedAs) => {
  const { train: all } = bars(10);
  const store = new MemoryStore();
  const dataset = await writeDataset(store, { ...bars(10), train: all });
  const rows = Int32Array.of(3, 7, 30, 31);
  const validationRows = Int32Array.of(0, 5);
  const labelsOf = (chosen: Int32Array): Int32Array => chosen.map((row) => all.labels[row]);
  const view = {
    rows,
    labels: labelsOf(rows),
    classes: Int32Array.of(0, 1, 2, 3),
    shifts: 4,
    affine: { ...defaultAffine, copies: 2, seed: 7 },
    validationRows,
    validationLabels: labelsOf(validationRows),
  };
  const frozen: Network = { inputShape: [1, 8, 8], layers };
  const made = await materialize(store, dataset, view, frozen);
  expect(await materialize(store, dataset, view, frozen)).toEqual(made);
  const { train: table } = await openDataset(store, made.dataset);
  expect(table.storedAs).toBe(storedAs);
  expect(made.view.rows.length).toBe(28);
  const chosen = selectRows(all, rows);
  const copies = [
    chosen,
    ...fourNeighbours.map((shift) => shiftImages(chosen, shift)),
    ...[0, 1].map((number) => affineCopies(chosen, rows, defaultAffine, { seed: 7, number })),
    selectRows(all, validationRows),
  ];
  const exact = copies.flatMap((samples) => [...forward(frozen, valuesOf(samples), samples.count)]);
  const read = await readRows(store, table, Int32Array.from([...made.view.rows, ...made.view.validationRows]));
  expect([...valuesOf(read)]).toEqual(exact);
  expect([...read.labels]).toEqual([...made.view.labels, ...made.view.validationLabels]);
  expect(made.view.grid ?? table.scale).toBe(gridAfter(layers, 1 / 255));
});

test('materialized rows lie class by class, images before copies, and only images count as training rows', async () => {
  const { train } = bars(10);
  const store = new MemoryStore();
  const dataset = await writeDataset(store, bars(10));
  const rows = Int32Array.of(30, 3, 21, 4, 33, 12);
  const labels = rows.map((row) => train.labels[row]);
  const none = { validationRows: new Int32Array(), validationLabels: new Int32Array() };
  const view = { rows, labels, classes: Int32Array.of(0, 1, 2, 3), shifts: 4, ...none };
  const frozen: Network = { inputShape: [1, 8, 8], layers: conv('step') };
  const made = await materialize(store, dataset, view, frozen);
  const { train: table } = await openDataset(store, made.dataset);
  const sorted = [...labels].sort((a, b) => a - b);
  expect([...table.labels]).toEqual([0, 1, 2, 3, 4].flatMap(() => sorted));
  expect([...made.view.rows].slice(0, 6).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(made.view.images).toBe(6);
  expect([...made.view.rows.keys()].filter((position) => isImage(made.view, position))).toEqual([0, 1, 2, 3, 4, 5]);
  // Again, of single copies that are stored already.
  const half = { ...made.view, rows: made.view.rows.filter((_, k) => k % 2 === 1) };
  const chosen = { ...half, labels: made.view.labels.filter((_, k) => k % 2 === 1) };
  const again = await materialize(store, made.dataset, chosen, { inputShape: made.inputShape, layers: [relu] });
  expect(again.view.images).toBe(3);
  const { train: second } = await openDataset(store, again.dataset);
  expect([...(await readRows(store, second, again.view.rows)).labels]).toEqual([...chosen.labels]);
});

test('the bound of the last layer holds for the earlier ones as they are, so it is none of the whole', async () => {
  const { solved } = await run(
    `
name: bars
dataset: {name: made, perClass: 4, validationPerClass: 3}
network:
  - {dense: 3, activation: step}
  - {dense: 4, weights: integer(3)}
splits: [layers]
objectives: [{fit: {margin: 1, sparsity: 0}}]
solver: {workLimit: 2000, searchLimit: 1}`,
    bars(8),
  );
  expect(solved.objective).not.toBeNull();
  expect(solved.bound).toBeNull();
});
