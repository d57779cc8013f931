import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPlan, withSource } from './read-plan.js';

let folder: string;
let plan: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-plans-'));
  await mkdir(join(folder, 'csv'));
  plan = join(folder, 'csv', 'plan.yaml');
  await writeFile(
    plan,
    'dataset: {name: csv, file: base.csv, test: test.csv, class: c, indices: rows.json}\nnetwork: [{dense: 1}]\n',
  );
  await writeFile(join(folder, 'csv', 'rows.json'), '[1]');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('paths in a plan are relative to the plan', async () => {
  const {
    plan: { dataset },
    indices,
  } = await readPlan({ plan, set: [] });
  expect([dataset.file, dataset.test, indices]).toEqual([
    join(folder, 'csv', 'base.csv'),
    join(folder, 'csv', 'test.csv'),
    '[1]',
  ]);
});

test('paths that are typed are relative to where one is, each on its own', async () => {
  const typed = async (...set: readonly string[]) => (await readPlan({ plan, set })).plan.dataset;
  const here = (name: string): string => join(process.cwd(), name);
  expect(await typed('dataset.file=csv/base.csv')).toMatchObject({
    file: here('csv/base.csv'),
    test: join(folder, 'csv', 'test.csv'),
  });
  expect(await typed('dataset.test=csv/test.csv')).toMatchObject({
    file: join(folder, 'csv', 'base.csv'),
    test: here('csv/test.csv'),
  });
  expect(await typed('dataset={name: csv, file: a.csv, test: b.csv, class: c}')).toMatchObject({
    file: here('a.csv'),
    test: here('b.csv'),
  });
  await expect(typed('dataset.indices=rows.json')).rejects.toThrow(`${here('rows.json')} cannot be read`);
  await expect(typed('start=net.onnx')).rejects.toThrow(here('net.onnx'));
});

test.each([
  // The shell hands over `--set network=[{dense:` and a plan named `8}]`.
  ['8}]', 'network=[{dense:', "quote the value: --set 'network=[{dense: ...'"],
  ['csv,', 'dataset={name:', "quote the value: --set 'dataset={name: ...'"],
  ['plan', 'name=my', "if 'plan' belongs to a --set, quote the whole setting"],
])('a setting whose value the shell divided at a space says to quote it: %s', async (half, setting, message) => {
  await expect(readPlan({ plan: half, set: [setting] })).rejects.toThrow(message);
});

test('a bracket in a text is part of it, and a plan that is not there is no setting', async () => {
  const { plan: read } = await readPlan({ plan, set: ['dataset.file=odd[name.csv'] });
  expect(read.dataset.file).toBe(join(process.cwd(), 'odd[name.csv'));
  await expect(readPlan({ plan: 'none.yaml', set: ['seed=1'] })).rejects.toThrow(/there is no such file\)$/);
});

test('a table or a file without a plan has an open plan, in which only the data set is read', async () => {
  const nameOf = async (set: readonly string[], choice: { plan?: string; preset?: string } = {}) => {
    const { plan: read, isOpen } = await readPlan({ ...choice, set });
    return isOpen ? 'open' : read.name;
  };
  const csv = ['dataset.name=csv', 'dataset.file=t.csv', 'dataset.class=c'];
  expect(await nameOf(csv)).toBe('open');
  expect(await nameOf(['dataset={name: csv, file: t.csv, class: c}'])).toBe('open');
  expect(await nameOf(['seed=1', 'dataset.name=heart', 'network.1.weights=ternary'])).toBe('open');
  expect(await nameOf([])).toBe('quickstart');
  expect(await nameOf(['dataset.name=digits', 'dataset.perClass=3'])).toBe('quickstart');
  expect(await nameOf(csv, { preset: 'quickstart' })).toBe('quickstart');
  expect(await nameOf(csv, { plan })).toBe('unnamed');
  await expect(readPlan({ set: [...csv, 'start=net.onnx'] })).rejects.toThrow('needs its own plan');
});

test('data instead of a plan are settings, before those that are typed', async () => {
  expect(withSource({ plan: 'a b.csv', class: '-1', test: 't: x.csv', set: [] })).toEqual({
    plan: undefined,
    class: '-1',
    test: 't: x.csv',
    set: ['dataset.file="a b.csv"', 'dataset.class="-1"', 'dataset.test="t: x.csv"'],
  });
  expect(withSource({ plan: 'p.yml', set: ['seed=1'] })).toEqual({ plan: 'p.yml', set: ['seed=1'] });
  expect(withSource({ dataset: 'heart', set: ['seed=1'] }).set).toEqual(['dataset.name="heart"', 'seed=1']);
  expect(() => withSource({ plan: 't.csv', dataset: 'heart', set: [] })).toThrow('not both');
  const read = await readPlan(withSource({ plan: folder, set: ['dataset.splitSeed=3', 'seed=7'] }));
  expect(read.plan.dataset).toMatchObject({ name: 'file', file: folder, splitSeed: 3 });
});

test('half of a setting is no data file', () => {
  expect(() => withSource({ plan: 'plan', set: ['name=my'] })).toThrow(
    "if 'plan' belongs to a --set, quote the whole setting",
  );
});
