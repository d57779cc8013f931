import { forward, isAffine, networkBefore, sourcesOf, type Dense, type Network } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import { scoreData } from '../model/score-data.js';
import { getIncumbent, getProblem } from '../problem/documents.js';
import { parsePlan } from '../plan/parse-plan.js';
import { prepareRun } from '../plan/prepare-run.js';
import { bars, runPlan } from '../testing/run-plan.js';
import { divideNode } from '../tree/divide-and-merge.js';

const front = `
  - {conv: 4, kernel: 3, fixed: oriented-edges, activation: relu, name: edges}
  - {strongest: 0.5}
  - {averagePool: 3}
  - {flatten: true, name: fine}
  - {averagePool: 6, from: edges}
  - {flatten: true, name: coarse}
  - {concat: true, from: [fine, coarse]}
`;
const plan = (head: string, splits: string) => `
name: fixed
dataset: {name: made, perClass: 12, validationPerClass: 5, shifts: 4}
solver: {workLimit: 40}
objectives: [{fit: {margin: 1, sparsity: 0.02}}]
network: ${front}  - ${head}
splits: ${splits}
`;
const listed = async (store: MemoryStore): Promise<string[]> => {
  const keys: string[] = [];
  for await (const key of store.list('dataset')) keys.push(key);
  return keys.sort();
};
const frontOf = ({ layers }: Network): Network['layers'] =>
  layers.slice(
    0,
    layers.findIndex(({ kind }) => kind === 'dense'),
  );

test('pairs work directly behind fixed layers that branch; the network has the front again', async () => {
  const { store, solved, problem } = await runPlan(
    plan('{dense: 1, weights: integer(3), activation: sign}', '[pairs]'),
    bars(20),
  );
  const { network } = await getIncumbent(store, solved.incumbent!);
  expect(frontOf(network)).toEqual(frontOf(problem.network));
  expect(
    sourcesOf(network)
      .slice(-4)
      .every((sources) => sources.length === 1 || sources.length === 2),
  ).toBe(true);
  expect(network.layers.filter(isAffine).map(({ kind }) => kind)).toEqual(['conv2d', 'dense', 'dense']);
  // The accuracies were measured on stored outputs; these are those of the whole network on pixels.
  const { train } = bars(20);
  const right = (rows: Int32Array, labels: Int32Array): number => {
    const pixels = Float64Array.from([...rows].flatMap((row) => [...train.features.subarray(row * 64, row * 64 + 64)]));
    const votes = forward(
      network,
      pixels.map((value) => value / 255),
      rows.length,
    );
    return (
      [...labels].filter((label, k) => {
        const own = votes.subarray(k * 4, k * 4 + 4);
        return own.indexOf(Math.max(...own)) === label;
      }).length / rows.length
    );
  };
  const { view } = problem;
  expect(solved.accuracy.validation).toBeCloseTo(right(view.validationRows, view.validationLabels), 12);
  expect(solved.accuracy.train!).toBeGreaterThan(0.95);
});

test('batches of a whole network behind the front: its value on the pixels is the one that was reported', async () => {
  const { store, solved, problem } = await runPlan(
    plan('{dense: 4, weights: integer(3)}', '[{batches: {kind: hardest-first, start: 3, add: 4, rounds: 3}}]'),
    bars(20),
  );
  const { network, objective } = await getIncumbent(store, solved.incumbent!);
  expect((await scoreData(store, problem, network)).objective).toBeCloseTo(objective, 9);
});

test('trained filters stand beside fixed ones: layers trains the former alone', async () => {
  const network = `
  - {conv: 4, kernel: 3, fixed: oriented-edges, activation: relu}
  - {averagePool: 3}
  - {flatten: true, name: fixed}
  - {conv: 3, kernel: 3, activation: step, from: input}
  - {averagePool: 3}
  - {flatten: true, name: trained}
  - {concat: true, from: [fixed, trained]}
`;
  const text = plan('{dense: 1, activation: clip}', '[layers, neurons: {samples: 8}, pairs]').replace(front, network);
  const { store, solved, problem } = await runPlan(
    text.replace('neurons: {samples: 8}', '{neurons: {samples: 8}}'),
    bars(20),
  );
  const { network: found } = await getIncumbent(store, solved.incumbent!);
  const [fixed, trained] = found.layers.filter((layer) => layer.kind === 'conv2d');
  expect(fixed).toEqual(problem.network.layers[0]);
  expect(trained.weights.some((weight) => weight !== 0)).toBe(true);
  expect(problem.free.filter((layer) => layer !== null)).toHaveLength(2);
  expect(solved.accuracy.validation).toBeGreaterThan(0.9);
});

test('the front is computed once, for all parts, rounds and runs with the same store', async () => {
  const store = new MemoryStore();
  const text = plan('{dense: 1, activation: sign}', '[pairs]');
  const { node } = await prepareRun(parsePlan(text, 'plan'), bars(20), store);
  const parts = await divideNode(store, node, { round: 0 });
  const problems = await Promise.all(parts.map(({ problem }) => getProblem(store, problem)));
  expect(new Set(problems.map(({ dataset }) => dataset.sha256)).size).toBe(1);
  expect(problems.every(({ network }) => network.layers.every(({ kind }) => kind !== 'conv2d'))).toBe(true);
  const written = await listed(store);
  const other = await prepareRun(parsePlan(text.replace('sparsity: 0.02', 'sparsity: 0.5'), 'plan'), bars(20), store);
  const again = await divideNode(store, other.node, { round: 0 });
  expect((await getProblem(store, again[0].problem)).dataset).toEqual(problems[0].dataset);
  expect(await listed(store)).toEqual(written);
});

test('behind levels of a power of two, votes are the same numbers in float32, in any order of summation', async () => {
  const text = plan('{dense: 1, weights: integer(15), activation: clip, low: -2, high: 2}', '[pairs]');
  const { store, solved } = await runPlan(text.replace('  - {dense', '  - {quantize: 16}\n  - {dense'), bars(20));
  const { network } = await getIncumbent(store, solved.incumbent!);
  const dense = network.layers.filter((layer) => layer.kind === 'dense');
  const at = network.layers.indexOf(dense[0]);
  const { train } = bars(20);
  const pixels = Float64Array.from(train.features, (byte) => byte / 255);
  const features = forward(networkBefore(network, at), pixels, train.count);
  const votes = forward(network, pixels, train.count);
  const summed = (layer: Dense, inputs: readonly number[], order: 1 | -1): number[] =>
    Array.from({ length: layer.outputs }, (_, o) => {
      let sum = order > 0 ? 0 : layer.bias[o];
      for (let step = 0; step < layer.inputs; step++) {
        const i = order > 0 ? step : layer.inputs - 1 - step;
        sum = Math.fround(sum + Math.fround(inputs[i] * layer.weights[o * layer.inputs + i]));
      }
      return order > 0 ? Math.fround(sum + layer.bias[o]) : sum;
    });
  for (const order of [1, -1] as const) {
    for (let row = 0; row < train.count; row++) {
      const inputs = [...features.subarray(row * dense[0].inputs, (row + 1) * dense[0].inputs)];
      const clipped = summed(dense[0], inputs, order).map((value) => Math.min(2, Math.max(-2, value)));
      expect(summed(dense[1], clipped, order)).toEqual([...votes.subarray(row * 4, row * 4 + 4)]);
    }
  }
});

test('a network of fixed layers alone has nothing to train', async () => {
  const text = plan('{dense: 1, activation: sign}', '[pairs]').replace(/ {2}- \{dense.*\n/, '');
  await expect(prepareRun(parsePlan(text, 'plan'), bars(20), new MemoryStore())).rejects.toThrow(
    'network: every layer is fixed',
  );
});
