import { inDomain } from '@mipnet/network';
import { expect, test } from 'vitest';
import { accuracyOn } from '../rows/accuracy.js';
import { getIncumbent } from '../problem/documents.js';
import { scoreData } from '../model/score-data.js';
import { bars, runPlan } from '../testing/run-plan.js';

// Every order of splits that makes sense runs from a plan to one network. Orders that make none are refused in
// layers.unit.test.ts and digits-run.unit.test.ts.

const pair = '[{averagePool: 2}, {dense: 1, activation: sign}]';
const deepPair = '[{averagePool: 2}, {dense: 2, activation: sign}, {dense: 1, activation: sign}]';
const deep = '[{averagePool: 2}, {dense: 6, activation: sign}, {dense: 3}]';
const conv = '[{conv: 4, kernel: 3, activation: step}, {maxPool: 2}, {dense: 3}]';
const convPair = '[{conv: 4, kernel: 3, activation: step}, {averagePool: 3}, {dense: 1, activation: sign}]';
const integers = '[{averagePool: 2}, {dense: 3, weights: integer(3)}]';
const hardest = '{batches: {kind: hardest-first, start: 3, add: 4, rounds: 2}}';
const consensus = '{batches: {kind: consensus, count: 2, rounds: 2}}';
const neurons = '{neurons: {samples: 5, margin: 1, sparsity: 0.01}}';

test.each([
  ['[]', integers],
  ['[pairs]', pair],
  [`[pairs, ${hardest}]`, pair],
  [`[pairs, ${consensus}]`, pair],
  ['[pairs, layers]', deepPair],
  [`[pairs, layers, ${neurons}]`, deepPair],
  [`[pairs, layers, ${hardest}]`, deepPair],
  [`[pairs, ${hardest}, layers]`, deepPair],
  [`[pairs, ${consensus}, layers]`, deepPair],
  [`[${hardest}]`, integers],
  [`[${consensus}]`, integers],
  ['[layers]', deep],
  [`[layers, ${neurons}]`, conv],
  [`[layers, ${hardest}]`, deep],
  [`[layers, ${consensus}]`, deep],
  [`[{layers: {cycles: 1}}, ${neurons}]`, deep],
  [`[{layers: {cycles: 1}}, ${hardest}]`, deep],
  [`[{layers: {cycles: 1}}, ${consensus}]`, deep],
  [`[layers, ${neurons}, ${hardest}]`, conv],
  [`[${hardest}, layers, ${neurons}]`, conv],
  [`[${consensus}, layers]`, deep],
  ['[layers, pairs]', convPair],
  [`[layers, ${neurons}, pairs, ${hardest}]`, convPair],
  [`[layers, ${neurons}, pairs, ${consensus}]`, convPair],
])('%s', async (splits, network) => {
  const { store, problem, solved } = await runPlan(
    `
name: bars
dataset: {name: made, perClass: 8, validationPerClass: 8}
network: ${network}
splits: ${splits}
objectives: [{fit: {margin: 1, sparsity: 0.01}}]
solver: {workLimit: 0, searchLimit: 1}`,
    bars(16, 3),
  );
  expect(solved.leaves).toMatchObject({ failed: 0, unresolved: 0 });
  const incumbent = await getIncumbent(store, solved.incumbent!);
  expect((await accuracyOn(store, problem, incumbent.network)).train).toBeGreaterThan(0.6);
  for (const layer of incumbent.network.layers)
    if (layer.kind === 'dense' || layer.kind === 'conv2d') expect(inDomain(layer.weights, 'integer(3)')).toBe(true);
  // Pairs make a network of their own, whose objective is a sum over pairs; any other is judged on all the data.
  if (!splits.includes('pairs'))
    expect((await scoreData(store, problem, incumbent.network)).objective).toBeCloseTo(solved.objective!, 9);
  const curve = incumbent.stages.filter(({ objective }) => /^(round|cycle)/.test(objective)).map(({ value }) => value);
  curve.slice(1).forEach((value, k) => expect(value).toBeLessThanOrEqual(curve[k]));
});

test('a run that starts from a network never ends worse, whatever the split', async () => {
  const plan = (splits: string, limits: string): string => `
name: bars
dataset: {name: made, perClass: 8, validationPerClass: 8}
network: ${deep}
splits: ${splits}
objectives: [{fit: {margin: 2}}]
solver: ${limits}`;
  const good = await runPlan(plan('[]', '{workLimit: 0, searchLimit: 20}'), bars(16, 3));
  const { network } = await getIncumbent(good.store, good.solved.incumbent!);
  for (const splits of ['[]', `[${consensus}]`, `[${hardest}]`]) {
    const { solved } = await runPlan(plan(splits, '{workLimit: 0, searchLimit: 1}'), bars(16, 3), network);
    expect(solved.objective, splits).toBeLessThanOrEqual(good.solved.objective!);
  }
});
