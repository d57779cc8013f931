import { forward, isChain, networkShapes, sourcesOf } from '@mipnet/network';
import { expect, test } from 'vitest';
import { scoreData } from '../model/score-data.js';
import { getIncumbent } from '../problem/documents.js';
import { bars, runPlan } from '../testing/run-plan.js';
import { networkOfPlan } from './network-of-plan.js';
import { parsePlan } from './parse-plan.js';

const build = (network: string) => networkOfPlan(parsePlan(`network: ${network}`, 'plan').network, [1, 8, 8]);

test('layers that are named are read by name, and a chain stays one', () => {
  const { network, free } = build(
    '[{averagePool: 2, name: fine}, {averagePool: 4, name: coarse, from: input}, {flatten: true, from: ' +
      'coarse, name: a}, ' +
      '{flatten: true, from: fine, name: b}, {concat: true, from: [a, b]}, {dense: 2}]',
  );
  expect(sourcesOf(network)).toEqual([[-1], [-1], [1], [0], [2, 3], [4]]);
  expect(networkShapes(network).at(-2)).toEqual([20]);
  expect(free.map((layer) => layer !== null)).toEqual([false, false, false, false, false, true]);
  const chain = build('[{averagePool: 2, name: pool}, {dense: 2, from: pool}]').network;
  expect(isChain(chain)).toBe(true);
  expect(chain.layers.every(({ name, from }) => name === undefined && from === undefined)).toBe(true);
});

test('names that are not there, or there twice, are refused with the names so far', () => {
  expect(() => build('[{dense: 2, from: pool}]')).toThrow(
    "network.0.from: no layer before it is called 'pool'; the names so far are input",
  );
  expect(() => build('[{flatten: true, name: a}, {dense: 2, name: a}]')).toThrow("network.1.name: 'a' is taken");
  expect(() => build('[{dense: 2, name: input}]')).toThrow("'input' is taken by the data");
  expect(() => build('[{averagePool: 2, name: a}, {add: true, from: [a, input]}, {dense: 2}]')).toThrow(
    'it adds shapes [1, 4, 4] and [1, 8, 8]',
  );
});

const head = `
name: branches
dataset: {name: made, perClass: 12, validationPerClass: 5}
solver: {workLimit: 200}
objectives: [{fit: {margin: 1, sparsity: 0.05}}]
`;
const pools = `
network:
  - {averagePool: 4, name: coarse}
  - {flatten: true, name: few}
  - {averagePool: 2, from: input}
  - {flatten: true, name: many}
  - {concat: true, from: [few, many]}
`;

test('one MIP behind layers that branch', async () => {
  const { store, solved, problem } = await runPlan(`${head}${pools}  - {dense: 4, weights: integer(3)}`, bars(20));
  const { network, objective } = await getIncumbent(store, solved.incumbent!);
  const score = await scoreData(store, problem, network);
  expect(score.objective).toBeCloseTo(objective, 6);
  expect(score.margins.every((margin) => margin > 0)).toBe(true);
  expect(sourcesOf(network)).toEqual([[-1], [0], [-1], [2], [1, 3], [4]]);
});

const kernels = `
network:
  - {conv: 4, kernel: 3, activation: step}
  - {averagePool: 2}
  - {flatten: true, name: small}
  - {conv: 4, kernel: 5, activation: step, from: input}
  - {averagePool: 2}
  - {flatten: true, name: large}
  - {concat: true, from: [small, large]}
`;

test.each([
  ['one layer behind', '  - {dense: 4, weights: integer(3)}\nsplits: [layers, {neurons: {samples: 8}}]'],
  [
    'two layers and cycles',
    '  - {dense: 4, activation: step}\n  - {dense: 4}\nsplits: [{layers: {cycles: 1}}, {neurons: {samples: 8}}]',
  ],
  ['pairs', '  - {dense: 1, activation: sign}\nsplits: [layers, {neurons: {samples: 8}}, pairs]'],
])('kernels of two sizes side by side, trained one layer at a time: %s', async (_, rest) => {
  const { store, solved, problem } = await runPlan(`${head}${kernels}${rest}`, bars(20));
  const { network } = await getIncumbent(store, solved.incumbent!);
  expect(sourcesOf(network).slice(0, 9)).toEqual(sourcesOf(problem.network).slice(0, 9));
  const filters = network.layers.flatMap((layer) => (layer.kind === 'conv2d' ? [layer] : []));
  expect(filters.map(({ kernel }) => kernel[0])).toEqual([3, 5]);
  for (const { weights } of filters) expect(weights.some((weight) => weight !== 0)).toBe(true);
  expect(forward(network, new Float64Array(64), 1).length).toBe(networkShapes(network).at(-1)![0]);
  expect(solved.accuracy.validation).toBeGreaterThan(0.8);
});

test('unknown layers off a chain are refused, with what to do', async () => {
  await expect(runPlan(`${head}${kernels}  - {dense: 4}`, bars(20))).rejects.toThrow('add layers to the splits');
  const residual =
    'network: [{flatten: true}, {dense: 6, activation: step, name: a}, {dense: 6, activation: step, name: ' +
    'b}, {add: true, from: [a, b]}, {dense: 4}]';
  await expect(runPlan(`${head}${residual}`, bars(20))).rejects.toThrow(
    'network: layer 5 (add) is a branch behind layer 1, whose weights are unknown, and unknown layers ' +
      'have to lie on a chain',
  );
  await expect(runPlan(`${head}${residual}\nsplits: [{layers: {cycles: 1}}]`, bars(20))).rejects.toThrow(
    'the network branches behind layer 1, which is free in the cycles; branch before it, or leave cycles out',
  );
  const voters = residual.replace('{dense: 4}', '{dense: 1, activation: sign}');
  await expect(runPlan(`${head}${voters}\nsplits: [pairs]`, bars(20))).rejects.toThrow(
    'splits: pairs places networks side by side, and the network branches behind layer 1, whose weights are unknown',
  );
});
