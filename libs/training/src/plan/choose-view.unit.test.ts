import type { LoadedDataset, Samples } from '@mipnet/dataset';
import { loadDataset } from '@mipnet/dataset';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chooseView } from './choose-view.js';
import { parsePlan } from './parse-plan.js';

/** A table with so many rows of each class. */
function tableOf(...sizes: readonly number[]): LoadedDataset {
  const labels = Int32Array.from(sizes.flatMap((size, label) => Array.from({ length: size }, () => label)));
  const classes = sizes.map((_, label) => `class ${label}`);
  const train: Samples = {
    name: 'made',
    classes,
    inputShape: [1],
    count: labels.length,
    size: 1,
    features: new Float64Array(labels.length),
    scale: 1,
    labels,
  };
  return { name: 'made', classes, inputShape: [1], train, test: null, notes: [] };
}

const view = (dataset: string, data: LoadedDataset, indices?: string) =>
  chooseView(parsePlan(`dataset: {name: made${dataset}}\nnetwork: [{dense: 1}]`, 'plan'), data, indices);

/** Rows of each class in a list of labels. */
const counts = (labels: Int32Array, classes: number): number[] =>
  Array.from({ length: classes }, (_, label) => labels.filter((other) => other === label).length);

describe('validation rows by default', () => {
  test.each<[string, string, readonly number[], readonly number[], readonly number[]]>([
    ['are a fifth of each class if all rows are trained on', '', [50, 9, 5, 4], [40, 8, 4, 3], [10, 1, 1, 1]],
    ['are 100 of a large class', '', [1000, 499], [900, 400], [100, 99]],
    ['are one of two, and none of one', '', [2, 1], [1, 1], [1, 0]],
    [
      'are what is left beside chosen rows, 100 at most',
      ', perClass: 40',
      [200, 140, 60, 40],
      [40, 40, 40, 40],
      [100, 100, 20, 0],
    ],
    ['are none if the plan says 0', ', validationPerClass: 0', [5, 5], [5, 5], [0, 0]],
    ['are set aside as many as the plan says', ', validationPerClass: 3', [5, 4], [2, 1], [3, 3]],
  ])('%s', (_, spec, sizes, training, validation) => {
    const { labels, validationLabels, rows, validationRows } = view(spec, tableOf(...sizes));
    expect(counts(labels, sizes.length)).toEqual(training);
    expect(counts(validationLabels, sizes.length)).toEqual(validation);
    expect(new Set([...rows, ...validationRows]).size).toBe(rows.length + validationRows.length);
  });

  test('are the rows that the plan would get for the same number', () => {
    const data = tableOf(300, 300);
    expect(view(', perClass: 40', data).validationRows).toEqual(
      view(', perClass: 40, validationPerClass: 100', data).validationRows,
    );
  });

  test('beside rows by number', () => {
    expect(counts(view(', indices: rows.json', tableOf(10, 10), '[0, 1, 2, 10]').validationLabels, 2)).toEqual([7, 9]);
  });
});

test.each<[string, string, readonly number[], string]>([
  [
    'validationPerClass beside all rows',
    ', validationPerClass: 100',
    [500, 40],
    "dataset.validationPerClass is 100, and class 'class 1' has 40 rows, at least one of which is a " +
      'training row (dataset.perClass is left out); set it to at most 39, or set dataset.validationFraction',
  ],
  [
    'validationPerClass beside chosen rows',
    ', perClass: 40, validationPerClass: 100',
    [500, 60],
    "dataset.validationPerClass is 100, and class 'class 1' has 20 rows outside the training rows; set it " +
      'to at most 20, or choose fewer training rows (dataset.perClass, dataset.examples)',
  ],
  [
    'validationPerClass beside too many chosen rows',
    ', perClass: 40, validationPerClass: 1',
    [500, 40],
    'has 0 rows outside the training rows; set it to 0, or choose fewer',
  ],
  [
    'perClass',
    ', perClass: 41',
    [500, 40],
    "dataset.perClass: 41 rows of class 'class 1' were asked for, and in training there are 40",
  ],
  [
    'shifts of a table',
    ', shifts: 4',
    [5, 5],
    'dataset.shifts: 4 is for images, and a row of made has 1 features; set dataset.shifts=0',
  ],
  [
    'affine copies of a table',
    ', affine: 3',
    [5, 5],
    'dataset.affine: copies are made of images, and a row of made has 1 features; leave dataset.affine out',
  ],
])('what the plan says and the data cannot give is refused by the names of the keys: %s', (_, spec, sizes, message) => {
  expect(() => view(spec, tableOf(...sizes))).toThrow(message);
});

const data = process.env.MIPNET_DATA;

/** Of training and validation rows, as they were before a class could have fewer validation rows than asked for. */
const rowsOfPresets: Readonly<Record<string, readonly [training: number, validation: number, sha256: string]>> = {
  'adult-few': [280, 6512, '7969f924050d264b'],
  adult: [32561, 0, '92c8d4aecc642136'],
  bdnn: [100, 1000, '260a7d835a9c5e58'],
  bemi: [400, 1000, 'e365c5415f90ff72'],
  exact: [16, 48, 'b1c612f47c75a8d9'],
  'few-shot': [400, 1000, 'e365c5415f90ff72'],
  'few-shot-linear': [400, 1000, 'e365c5415f90ff72'],
  heart: [200, 39, 'e5aa6e9b1bebe2e7'],
  inn: [2000, 6512, '3d7d0ea42df3d4bb'],
  mnist: [60000, 0, 'b96912616b196cce'],
  quickstart: [400, 1000, 'e365c5415f90ff72'],
  'toro-icarte': [20, 1000, '9b1e99d2652f0713'],
};

describe.skipIf(!data)(`rows of presets do not change${data ? '' : ' (skipped: MIPNET_DATA is not set)'}`, () => {
  test.each(Object.keys(rowsOfPresets))('%s', async (name) => {
    const plan = parsePlan(readFileSync(new URL(`../../../../plans/${name}.yaml`, import.meta.url), 'utf8'), name);
    const { rows, validationRows } = chooseView(
      plan,
      await loadDataset({ name: plan.dataset.name as 'mnist' }),
      undefined,
    );
    const hash = createHash('sha256')
      .update(JSON.stringify([...rows]))
      .update(JSON.stringify([...validationRows]))
      .digest('hex')
      .slice(0, 16);
    expect([rows.length, validationRows.length, hash]).toEqual(rowsOfPresets[name]);
  });
});
