import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCsv } from './csv.js';
import type { InputColumn } from './input-columns.js';
import type { LoadedDataset } from './samples.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-trained-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const columns: readonly InputColumn[] = [
  { kind: 'number', name: 'age', low: 20, high: 70, fill: 40, sd: 10, integer: true },
  { kind: 'category', name: 'job', values: ['?', 'clerk', 'cook'] },
];
const trained = { columns, classes: ['no', 'yes'] };
let files = 0;
async function load(text: string): Promise<LoadedDataset> {
  const file = join(folder, `${files++}.csv`);
  await writeFile(file, text);
  return loadCsv({ file, class: 'answer', trained });
}

test('columns are found by name, in any order, beside others; nothing is fitted', async () => {
  const { train, test: held, notes } = await load('answer,job,note,age\nyes,cook,a,33\nyes,,b,\nno,smith,c,99\n');
  expect([...train.features]).toEqual([33, 0, 0, 1, NaN, 1, 0, 0, 99, 0, 0, 0]);
  expect([...train.labels]).toEqual([1, 1, 0]);
  expect(train.columns).toEqual(columns);
  expect(held).toBe(train);
  expect(notes.join()).toMatch(/column 'job'.*smith/);
});

test('one row, one class and a column without any number are enough', async () => {
  const { train } = await load('age,job,answer\n,cook,no\n');
  expect([...train.features]).toEqual([NaN, 0, 0, 1]);
  expect([...train.labels]).toEqual([0]);
});

test.each([
  ['job,answer\ncook,no\n', /has no column 'age', which the network needs. It has job, answer/],
  ['age,job\n3,cook\n', /has no column 'answer'/],
  ['age,job,answer\nold,cook,no\nyoung,cook,no\n', /column 'age' holds words, and the network was trained on numbers/],
  ['age,job,answer\n3,cook,no\n4,cook,no\nold,cook,no\n', /line 4, column 'age': 'old' is not a number/],
  ['age,job,answer\n3,cook,maybe\n', /class 'maybe' is not in training/],
])('%j is refused', async (text, message) => {
  await expect(load(text)).rejects.toThrow(message);
});
