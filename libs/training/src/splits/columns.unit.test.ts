import type { LoadedDataset } from '@mipnet/dataset';
import { classify, forward, type Dense } from '@mipnet/network';
import { expect, test } from 'vitest';
import { parsePlan } from '../plan/parse-plan.js';
import { statedProblem } from '../plan/prepare-run.js';
import { getIncumbent } from '../problem/documents.js';
import { scoreData } from '../model/score-data.js';
import { optimumOf, planOf, table, type ColumnsCase } from '../testing/columns-cases.js';
import { bars, runPlan } from '../testing/run-plan.js';
import { readTraces } from '../tree/trace.js';

const cases: ColumnsCase[] = Array.from({ length: 30 }, (_, seed) => ({
  seed,
  weights: 1 + (seed % 3),
  activation: seed % 2 === 0 ? 'sign' : 'step',
  domain: seed % 3 === 0 ? 'integer(2)' : 'ternary',
  cost: [0.2, 0.5, 2][(seed % 5) % 3],
}));

test.each(cases)('the optimum over all neurons, and a valid bound in every round: %o', async (asked) => {
  const data = table(asked);
  const optimum = await optimumOf(asked, data);
  const { solved, store, problem } = await runPlan(planOf(asked), data);
  const scale = Math.max(1, optimum);
  expect(Math.abs(solved.objective! - optimum)).toBeLessThan(2e-6 * scale);
  expect(solved.bound!).toBeLessThanOrEqual(optimum + 1e-9 * scale);
  const incumbent = await getIncumbent(store, solved.incumbent!);
  expect(incumbent.status).toBe('optimal');
  const { objective } = await scoreData(store, problem, incumbent.network);
  expect(Math.abs(objective - solved.objective!)).toBeLessThan(1e-9 * scale);
  for (const round of await readTraces(store, solved)) {
    expect(round.bound ?? 0).toBeLessThanOrEqual(optimum + 1e-9 * scale);
    expect(round.objective!).toBeGreaterThanOrEqual(optimum - 1e-6 * scale);
  }
  const classes = classify(incumbent.network, Float64Array.from(data.train.features), data.train.count);
  const right = classes.filter((label, row) => label === data.train.labels[row]).length;
  expect(solved.accuracy.train).toBe(right / data.train.count);
});

const usual: ColumnsCase = { seed: 2, weights: 2, activation: 'sign', domain: 'ternary', cost: 0.5 };

test('two runs give the same bytes', async () => {
  const [first, second] = [await runPlan(planOf(usual), table(usual)), await runPlan(planOf(usual), table(usual))];
  expect(second.solved.incumbent).toEqual(first.solved.incumbent);
});

test('a family without neurons, and rows that are all equal, leave a bias that is optimal', async () => {
  const none = { ...usual, weights: 0 };
  const data = table(usual);
  const { solved } = await runPlan(planOf(none), data);
  expect(solved.objective).toBeCloseTo(await optimumOf(none, data), 6);
  const equal = { ...data, train: { ...data.train, features: new Uint8Array(data.train.features.length).fill(2) } };
  const run = await runPlan(planOf(usual), equal);
  const incumbent = await getIncumbent(run.store, run.solved.incumbent!);
  expect(incumbent.status).toBe('optimal');
  expect(run.solved.objective).toBeCloseTo(await optimumOf(usual, equal), 6);
});

test.each([
  ['some neurons', usual, 40],
  ['step neurons', { ...usual, seed: 7, activation: 'step', weights: 3, cost: 0.7 }, 30],
  ['no neurons', { ...usual, weights: 0 }, 20],
] as const)('whole output weights: the value of the network, the bound of real ones: %s', async (_, asked, rows) => {
  const data = table(asked, rows);
  const real = await runPlan(planOf(asked), data);
  const { solved, store } = await runPlan(planOf(asked, ', alpha: integer(7)'), data);
  const { network } = await getIncumbent(store, solved.incumbent!);
  const out = network.layers.at(-1) as Dense;
  expect(out.weights.every((weight) => Number.isInteger(weight) && Math.abs(weight) <= 7)).toBe(true);
  expect(solved.bound).toBe(real.solved.bound);
  expect(solved.objective!).toBeGreaterThanOrEqual(real.solved.objective! - 1e-6);
  expect(solved.objective!).toBeLessThan(1.3 * real.solved.objective!);
  // The scaled network f / M has the claimed value; M is a half, three halves and so on.
  const margins = forward(network, Float64Array.from(data.train.features), data.train.count).map((score, row) =>
    data.train.labels[row] === 1 ? score : -score,
  );
  const sum = out.weights.reduce((all, weight) => all + Math.abs(weight), 0);
  const valueAt = (margin: number): number =>
    (margins.reduce((all, own) => all + asked.cost * Math.max(0, margin - own), 0) + sum) / margin;
  const differences = Array.from({ length: 200 }, (__, k) => Math.abs(valueAt(k + 0.5) - solved.objective!));
  expect(Math.min(...differences)).toBeLessThan(1e-9);
});

test('rounds that end early leave a network and a valid bound', async () => {
  const asked = { ...usual, weights: 3 };
  const data = table({ seed: 5, domain: 'integer(2)' }, 40);
  const optimum = await optimumOf(asked, data);
  const { solved } = await runPlan(planOf(asked, ', rounds: 2'), data);
  expect(solved.objective!).toBeGreaterThanOrEqual(optimum - 1e-6);
  expect(solved.bound!).toBeGreaterThan(0);
  expect(solved.bound!).toBeLessThanOrEqual(optimum + 1e-9);
});

/** The rows of a table, every third one of a third class. */
function threeClasses(): LoadedDataset {
  const { train, ...data } = table(usual, 24);
  const classes = ['no', 'yes', 'maybe'];
  const labels = train.labels.map((label, row) => (row % 3 === 2 ? 2 : label));
  return { ...data, classes, train: { ...train, classes, labels } };
}

test('behind pairs, every pair of three classes gets its columns', async () => {
  const plan = planOf(usual)
    .replace('{dense: 1}', '{dense: 1, activation: clip, low: -2, high: 2}')
    .replace('splits: [', 'splits: [pairs, ');
  const { train } = threeClasses();
  const { solved, store } = await runPlan(plan, threeClasses());
  const { network } = await getIncumbent(store, solved.incumbent!);
  const found = classify(network, Float64Array.from(train.features), train.count);
  const right = found.filter((label, row) => label === train.labels[row]).length;
  expect(right / train.count).toBe(solved.accuracy.train);
  expect(new Set(found).size).toBe(3);
});

test('behind a trained convolution and pairs, on the outputs of its filters', async () => {
  const plan = `
    network: [{conv: 4, kernel: 3, activation: step}, {averagePool: 2}, {dense: 1, activation: sign}]
    dataset: {name: digits, validationPerClass: 0}
    splits: [layers, {neurons: {samples: 4}}, pairs, {columns: {weights: 2, cost: 0.5, rounds: 4, parts: 2}}]
    solver: {workLimit: 0}
  `;
  const { solved, store, problem } = await runPlan(plan, bars(6, 3));
  const { network } = await getIncumbent(store, solved.incumbent!);
  expect(network.layers.map(({ kind }) => kind).slice(0, 3)).toEqual(['conv2d', 'activation', 'averagePool2d']);
  expect(solved.accuracy.train).toBeGreaterThan(0.8);
  expect(problem.network.layers).toHaveLength(8);
});

test('behind batches: a working set that grows, judged on all rows', async () => {
  const data = table({ seed: 4, domain: 'ternary' }, 60);
  const asked = { ...usual, weights: 2, cost: 0.3 };
  const whole = await runPlan(planOf(asked), data);
  const split = '[{batches: {kind: hardest-first, start: 8, add: 8, rounds: 12}}, {columns: ';
  const { solved, store, problem } = await runPlan(planOf(asked).replace('[{columns: ', split), data);
  const incumbent = await getIncumbent(store, solved.incumbent!);
  const { objective } = await scoreData(store, problem, incumbent.network);
  expect(solved.objective).toBeCloseTo(objective, 9);
  expect(solved.objective!).toBeGreaterThanOrEqual(whole.solved.bound! - 1e-9);
  expect(solved.bound!).toBeLessThanOrEqual(whole.solved.objective! + 1e-9);
});

test('numbers on no grid are refused before the run; with cuts in front they have one', () => {
  const data = table(usual);
  const features = Float64Array.from(data.train.features, (value) => value / 3 + 0.1);
  const real = { ...data, train: { ...data.train, features } };
  const plan = planOf(usual);
  expect(() => statedProblem(parsePlan(plan, 'plan'), real)).toThrow('columns needs inputs on a grid');
  const cut = plan.replace('[{dense: 1}]', '[{thermometer: 3}, {dense: 1}]');
  const { network } = statedProblem(parsePlan(cut, 'plan'), real);
  expect(network.layers.at(-1)).toMatchObject({ kind: 'dense', outputs: 1 });
});

test.each([
  [
    'two outputs',
    'network: [{dense: 2}]\nsplits: [columns]',
    /one output on 2 classes, and here its last layer has 2; .*{dense: 1}/,
  ],
  ['sparsity', 'network: [{dense: 1}]\nsplits: [columns]\nobjectives: [{fit: {sparsity: 1}}]', /columns\.cost/],
  ['a domain of the outputs', 'network: [{dense: 1, weights: integer(3)}]\nsplits: [columns]', /columns\.alpha/],
  [
    'an output that is lower for a higher score',
    'network: [{dense: 1, activation: abs}]\nsplits: [columns]',
    /abs behind them decides otherwise; leave activation out/,
  ],
  ['no bias', 'network: [{dense: 1, bias: false}]\nsplits: [columns]', /bias is always free/],
  [
    'an average of other neurons',
    'network: [{dense: 1}]\nsplits: [{batches: {kind: consensus, count: 2}}, columns]',
    /averages weights/,
  ],
  [
    'splits behind',
    'network: [{dense: 1}]\nsplits: [columns, {batches: {kind: consensus, count: 2}}]',
    /cannot follow columns/,
  ],
])('%s: refused with a reason', async (_, plan, reason) => {
  const data = table(usual);
  await expect(runPlan(`dataset: {name: digits, validationPerClass: 0}\n${plan}`, data)).rejects.toThrow(reason);
});
