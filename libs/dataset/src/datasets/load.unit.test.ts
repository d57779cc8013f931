import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inputNames } from '../input-columns.js';
import { valuesOf } from '../samples.js';
import { loadTable } from '../table-recipe.js';
import { adultRecipe } from './adult.js';
import { heartRecipe } from './heart.js';
import { loadDataset } from './load.js';

const data = process.env.MIPNET_DATA;
const why = data === undefined ? ' (skipped: MIPNET_DATA is not set)' : '';

test('an unknown name is refused with the names there are', async () => {
  await expect(loadDataset({ name: 'minst' })).rejects.toThrow(
    "there is no data set 'minst'. Known: mnist, digits, adult, heart, breast-cancer, csv, file.",
  );
  await expect(loadDataset({ name: 'minst' })).rejects.toMatchObject({ code: 'bad-input' });
});

test('keys that have no effect on a data set are refused', async () => {
  await expect(loadDataset({ name: 'heart', missing: ['x'] })).rejects.toThrow(
    'dataset.missing has no effect: the data set heart is read as its publishers wrote it',
  );
  await expect(loadDataset({ name: 'digits', testFraction: 0.5 })).rejects.toThrow(
    'dataset.testFraction has no effect: the data set digits has test rows of its own; leave it out',
  );
});

test('digits need no file', async () => {
  const { train, test: held } = await loadDataset({ name: 'digits', trainPerClass: 3, testPerClass: 2 });
  expect([train.count, held?.count]).toEqual([30, 20]);
});

test('a table that is nowhere is missing, and the message says where to put it', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'mipnet-load-'));
  try {
    const loading = loadTable(heartRecipe, { dataFolder: empty, environment: {} });
    await expect(loading).rejects.toMatchObject({ code: 'missing' });
    await expect(loading).rejects.toThrow(`not in ${empty}, ${join(empty, 'heart')}`);
    await expect(loadTable(adultRecipe, { environment: {} })).rejects.toThrow('set MIPNET_DATA');
  } finally {
    await rm(empty, { recursive: true });
  }
});

test.skipIf(!data)(`adult has 108 features and its own test file${why}`, async () => {
  const { train, test: held, classes } = await loadDataset({ name: 'adult' });
  expect([train.count, held!.count]).toEqual([32_561, 16_281]);
  expect(classes).toEqual(['<=50K', '>50K']);
  expect(inputNames(train.columns!).filter((name) => !name.includes('=')).length).toBe(6);
  expect(train.size).toBe(108);
  expect(held!.size).toBe(108);
  // The majority's share of the test file is known: 76.4%.
  expect(held!.labels.filter((label) => label === 0).length / held!.count).toBeCloseTo(0.764, 3);
  expect(valuesOf(train).every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(valuesOf(held!).every((value) => value >= 0 && value <= 1)).toBe(true);
});

test.skipIf(!data)(`heart has 21 features, and 61 of its 303 rows are for testing${why}`, async () => {
  const { train, test: held } = await loadDataset({ name: 'heart', seed: 0 }, { dataFolder: join(data!, 'heart') });
  expect([train.size, train.count, held!.count]).toEqual([21, 242, 61]);
});
