// Tests of choose-plan.ts and cross-validation.ts.
import { seededRandom, type LoadedDataset, type Samples } from '@mipnet/dataset';
import { expect, test } from 'vitest';
import { choosePlan, type ChosenPlan } from './choose-plan.js';
import { stratifiedFolds } from './cross-validation.js';

/** Two numbers in 0..1 per row, and the class that a rule gives them. */
function table(count: number, classOf: (x: number, y: number) => number): LoadedDataset {
  const random = seededRandom(5);
  const features = Float32Array.from({ length: 2 * count }, () => random.uniform());
  const column = { kind: 'number', low: 0, high: 1, fill: 0.5, sd: 0.29, integer: false } as const;
  const train: Samples = {
    name: 't',
    classes: ['a', 'b'],
    inputShape: [2],
    count,
    size: 2,
    scale: 1,
    features,
    labels: Int32Array.from({ length: count }, (_, k) => classOf(features[2 * k], features[2 * k + 1])),
    columns: [
      { ...column, name: 'x' },
      { ...column, name: 'y' },
    ],
  };
  return { name: 't', classes: train.classes, inputShape: [2], train, test: null, notes: [] };
}

const settings = ['dataset.name=csv'];
const choose = async (dataset: LoadedDataset, more: readonly string[] = []): Promise<ChosenPlan> =>
  (await choosePlan({ name: 't', settings: [...settings, ...more] }, dataset))!;

test('a line between two classes needs no hidden neurons, a ring does', async () => {
  const line = await choose(table(70, (x, y) => (x + y > 1 ? 1 : 0)));
  expect(line.about).toMatch(/^linear/);
  const ring = await choose(table(70, (x, y) => (Math.hypot(x - 0.5, y - 0.5) > 0.4 ? 1 : 0)));
  expect(ring.about).toMatch(/relus/);
  const linear = ring.tried.filter(({ about }) => about.startsWith('linear'));
  expect(linear.every(({ judged }) => judged < 140)).toBe(true);
}, 240_000);

test('the same data give the same plan, whatever the test rows are; the data come back as the plan scales them', async () => {
  const known = table(60, (x) => (x > 0.5 ? 1 : 0));
  // Of this network are the linear plans; those with hidden layers are left out.
  const network = 'network=[{quantize: 64}, {dense: 1, weights: integer(7), activation: sign}]';
  const first = await choose(known, [network]);
  const test = { ...known.train, labels: known.train.labels.map((label) => 1 - label) };
  const second = await choose({ ...known, test }, [network]);
  expect(first.tried.map(({ about }) => about.replace(/,.*/, ''))).toEqual(['linear', 'linear', 'linear', 'linear']);
  expect(second.plan).toEqual(first.plan);
  expect(second.tried).toEqual(first.tried);
  const [column] = first.dataset.train.columns!;
  expect(first.plan.dataset.deviations).toBe(2.5);
  expect(column.kind === 'number' && column.high - column.low).toBeLessThanOrEqual(1);
}, 240_000);

test('settings hold for every plan; if they leave one plan, nothing is tried; if they fit none, the reason is said', async () => {
  const known = table(40, (x) => (x > 0.5 ? 1 : 0));
  const one = await choose(known, [
    'network=[{dense: 1, activation: sign}]',
    'splits=[pairs]',
    'objectives=[fit]',
    'dataset.validationFraction=0.25',
  ]);
  expect(one.tried).toEqual([]);
  expect(one.plan).toMatchObject({ name: 't', network: [{ dense: 1 }], dataset: { validationFraction: 0.25 } });
  expect(one.plan.dataset.validationPerClass).toBeUndefined();
  await expect(choose(known, ['networks=[]'])).rejects.toThrow("there is no key 'networks'");
});

test('the rules look at the rows that the settings leave, not at all rows there are', async () => {
  const known = table(400, (x, y) => (Math.hypot(x - 0.5, y - 0.5) > 0.4 ? 1 : 0));
  const { tried } = await choose(known, ['dataset.perClass=20']);
  expect(tried.at(-1)!.about).toMatch(/^32 relus/);
  expect(Math.max(...tried.map(({ judged }) => judged))).toBe(80);
}, 240_000);

test('tables too small to divide get the simplest plan, or what their few rows say', async () => {
  const rows = (count: number): LoadedDataset => table(count, () => 0);
  const labelled = (labels: readonly number[]): LoadedDataset => {
    const known = rows(labels.length);
    return { ...known, train: { ...known.train, labels: Int32Array.from(labels) } };
  };
  const one = await choose(labelled([0, 1]));
  expect([one.about, one.tried]).toEqual(['linear, sparsity 0.5, margin 64', []]);
  const few = await choose(labelled([0, 1, 0, 1]));
  expect(few.tried.map(({ judged }) => judged)).toEqual(few.tried.map(() => expect.any(Number)));
  expect(Math.max(...few.tried.map(({ judged }) => judged))).toBe(8);
});

test('a stop ends the choice without a plan', async () => {
  const known = table(40, (x) => (x > 0.5 ? 1 : 0));
  expect(await choosePlan({ name: 't', settings }, known, { stopped: () => true })).toBeUndefined();
});

test('folds share the rows of each class; a class of one row is never judged', () => {
  const labels = Int32Array.from({ length: 31 }, (_, row) => (row === 30 ? 2 : row % 3 === 0 ? 1 : 0));
  const folds = stratifiedFolds(labels, 5, 0);
  expect([...folds.flatMap(({ judged }) => [...judged])].sort((a, b) => a - b)).toEqual([...Array(30).keys()]);
  for (const { train, judged } of folds) {
    expect(new Set([...train, ...judged]).size).toBe(31);
    expect([...judged].filter((row) => labels[row] === 1)).toHaveLength(2);
    expect([...judged].filter((row) => labels[row] === 0)).toHaveLength(4);
  }
  expect(stratifiedFolds(labels, 5, 1)).not.toEqual(folds);
  expect(stratifiedFolds(labels, 5, 0)).toEqual(folds);
});
