import type { LoadedDataset } from '@mipnet/dataset';
import { classify, type Dense } from '@mipnet/network';
import { expect, test } from 'vitest';
import { scoreData } from '../model/score-data.js';
import { getIncumbent } from '../problem/documents.js';
import { optimumOf, planOf, table, type ColumnsCase } from '../testing/columns-cases.js';
import { runPlan } from '../testing/run-plan.js';
import { readTraces } from '../tree/trace.js';

const cases: ColumnsCase[] = Array.from({ length: 24 }, (_, seed) => ({
  seed: seed + 100,
  classes: 3 + (seed % 2),
  weights: 1 + (seed % 3),
  activation: seed % 4 < 2 ? 'sign' : 'step',
  domain: seed % 3 === 0 ? 'integer(2)' : 'ternary',
  cost: [0.2, 0.5, 2][(seed % 5) % 3],
}));

test.each(cases)('the optimum over all neurons and classes, and a valid bound in every round: %o', async (asked) => {
  const data = table(asked, 16);
  const optimum = await optimumOf(asked, data);
  const { solved, store, problem } = await runPlan(planOf(asked), data);
  const scale = Math.max(1, optimum);
  expect(Math.abs(solved.objective! - optimum)).toBeLessThan(2e-6 * scale);
  const incumbent = await getIncumbent(store, solved.incumbent!);
  expect(incumbent.status).toBe('optimal');
  // Their duals are degenerate: without the two rules for that, most take more than twenty masters, one 63.
  expect(incumbent.stages.length).toBeLessThan(20);
  const { objective } = await scoreData(store, problem, incumbent.network);
  expect(Math.abs(objective - solved.objective!)).toBeLessThan(1e-9 * scale);
  let before = 0;
  for (const round of await readTraces(store, solved)) {
    const bound = round.bound ?? 0;
    expect(bound).toBeLessThanOrEqual(optimum + 1e-9 * scale);
    expect(bound).toBeGreaterThanOrEqual(before);
    before = bound;
    expect(round.objective!).toBeGreaterThanOrEqual(optimum - 1e-6 * scale);
  }
  const { features, count, labels } = data.train;
  const found = classify(incumbent.network, Float64Array.from(features), count);
  const right = found.filter((label, row) => label === labels[row]).length;
  expect(solved.accuracy.train).toBe(right / count);
});

const usual: ColumnsCase = { seed: 2, classes: 3, weights: 2, activation: 'sign', domain: 'ternary', cost: 0.5 };

test('equal neurons of several classes are one unit of the hidden layer', async () => {
  const asked = { ...usual, weights: 1, cost: 2 };
  const data = table(asked, 60);
  const { solved, store } = await runPlan(planOf(asked), data);
  const { network, columns } = await getIncumbent(store, solved.incumbent!);
  const [into, , out] = network.layers as [Dense, unknown, Dense];
  expect([into.outputs, out.outputs, out.weights.length]).toEqual([out.inputs, 3, 3 * into.outputs]);
  const used = columns!.outputs.filter((output) => output !== 0).length;
  expect(out.weights.filter((weight) => weight !== 0)).toHaveLength(used);
  expect(into.outputs).toBeLessThan(used);
  const units = Array.from({ length: into.outputs }, (_, t) =>
    [...into.weights.subarray(t * into.inputs, (t + 1) * into.inputs), into.bias[t]].join(' '),
  );
  expect(new Set(units).size).toBe(into.outputs);
});

test('two runs give the same bytes', async () => {
  const [first, second] = [await runPlan(planOf(usual), table(usual)), await runPlan(planOf(usual), table(usual))];
  expect(second.solved.incumbent).toEqual(first.solved.incumbent);
});

const relabelled = (data: LoadedDataset, labelOf: (row: number) => number): LoadedDataset => ({
  ...data,
  train: { ...data.train, labels: data.train.labels.map((_, row) => labelOf(row)) },
});

const equalRows = (data: LoadedDataset): LoadedDataset => ({
  ...data,
  train: { ...data.train, features: new Uint8Array(data.train.features.length).fill(2) },
});

test.each([
  ['a family without neurons', { ...usual, weights: 0 }, (data: LoadedDataset) => data],
  ['rows that are all equal', usual, equalRows],
  ['two classes of one row each', usual, (data: LoadedDataset) => relabelled(data, (row) => Math.max(0, 2 - row))],
  ['every row twice, with two classes', usual, (data: LoadedDataset) => relabelled(equalRows(data), (row) => row % 2)],
] as const)('%s: the optimum', async (_, asked, change) => {
  const data = change(table(asked));
  const { solved, store } = await runPlan(planOf(asked), data);
  expect((await getIncumbent(store, solved.incumbent!)).status).toBe('optimal');
  expect(solved.objective).toBeCloseTo(await optimumOf(asked, data), 6);
});

test('rounds that end early leave a network and a valid bound', async () => {
  const asked = { ...usual, weights: 3, seed: 5, domain: 'integer(2)' };
  const data = table(asked, 40);
  const optimum = await optimumOf(asked, data);
  const { solved } = await runPlan(planOf(asked, ', rounds: 2'), data);
  expect(solved.objective!).toBeGreaterThanOrEqual(optimum - 1e-6);
  expect(solved.bound!).toBeGreaterThan(0);
  expect(solved.bound!).toBeLessThanOrEqual(optimum + 1e-9);
});

test('whole output weights: the value of the network, the bound of real ones', async () => {
  const data = table(usual, 30);
  const real = await runPlan(planOf(usual), data);
  const { solved, store } = await runPlan(planOf(usual, ', alpha: integer(7)'), data);
  const { network } = await getIncumbent(store, solved.incumbent!);
  const out = network.layers.at(-1) as Dense;
  expect(out.weights.every((weight) => Number.isInteger(weight) && Math.abs(weight) <= 7)).toBe(true);
  expect(solved.bound).toBe(real.solved.bound);
  expect(solved.objective!).toBeGreaterThanOrEqual(real.solved.objective! - 1e-6);
  expect(solved.objective!).toBeLessThan(1.3 * real.solved.objective!);
});

test('behind batches: a working set that grows, judged on all rows', async () => {
  const data = table({ ...usual, seed: 4 }, 60);
  const asked = { ...usual, cost: 0.3 };
  const whole = await runPlan(planOf(asked), data);
  const split = '[{batches: {kind: hardest-first, start: 8, add: 8, rounds: 12}}, {columns: ';
  const { solved, store, problem } = await runPlan(planOf(asked).replace('[{columns: ', split), data);
  const incumbent = await getIncumbent(store, solved.incumbent!);
  const { objective } = await scoreData(store, problem, incumbent.network);
  expect(solved.objective).toBeCloseTo(objective, 9);
  expect(solved.objective!).toBeGreaterThanOrEqual(whole.solved.bound! - 1e-9);
  expect(solved.bound!).toBeLessThanOrEqual(whole.solved.objective! + 1e-9);
});

test.each([
  ['one output', '{dense: 1}', /1 outputs for 3 classes; give it 3, or split by pairs/],
  ['five outputs', '{dense: 5}', /5 outputs for 3 classes; give it 3/],
  ['votes', '{dense: 3, activation: sign}', /sign behind them decides otherwise; leave activation out/],
])('three classes with %s are refused', async (_, layer, reason) => {
  const plan = planOf(usual).replace('{dense: 3}', layer);
  await expect(runPlan(plan, table(usual))).rejects.toThrow(reason);
});
