import type { LoadedDataset } from '@mipnet/dataset';
import { parsePlan } from '@mipnet/training';
import { expect, test } from 'vitest';
import { readPreset } from './presets.js';
import { fitPreset } from './fit-preset.js';

/** A table of two classes with so many training rows each. */
function table(first: number, second: number, inputShape: readonly number[] = [4]): LoadedDataset {
  const labels = Int32Array.from({ length: first + second }, (_, row) => (row < first ? 0 : 1));
  const classes = ['no', 'yes'];
  const train = {
    name: 'csv',
    classes,
    inputShape,
    count: labels.length,
    size: 4,
    features: new Float64Array(4 * labels.length),
    scale: 1,
    labels,
  };
  return { name: 'csv', classes, inputShape, train, test: null, notes: [] };
}

const asked = ['dataset.name=csv', 'dataset.file=base.csv', 'dataset.class=class'];
const fit = (data: LoadedDataset, set: readonly string[], plan?: string) => {
  const {
    plan: { dataset },
    notes,
  } = fitPreset(parsePlan(readPreset('quickstart'), 'quickstart', set), data, { plan, set });
  return { perClass: dataset.perClass, shifts: dataset.shifts, notes };
};

test('the shifts of the quick start are left out for a table, and a line says so', () => {
  expect(fit(table(50, 60), asked)).toEqual({
    perClass: 40,
    shifts: 0,
    notes: ['dataset.shifts: 4 of the preset is left out, because only images can be shifted, and csv is a table'],
  });
});

test('so is its number of rows if a class has too few for training and validation', () => {
  const { perClass, notes } = fit(table(49, 60), asked);
  expect(perClass).toBeUndefined();
  expect(notes[0]).toBe(
    "dataset.perClass: 40 of the preset is left out, because class 'no' of csv has 49 training rows; all rows are used",
  );
});

test('what is typed or stands in a plan file is kept', () => {
  expect(fit(table(20, 20), [...asked, 'dataset.shifts=4', 'dataset.perClass=30'])).toEqual({
    perClass: 30,
    shifts: 4,
    notes: [],
  });
  expect(fit(table(20, 20), ['dataset={name: csv, file: a.csv, class: c, perClass: 30, shifts: 4}'])).toEqual({
    perClass: 30,
    shifts: 4,
    notes: [],
  });
  expect(fit(table(20, 20), asked, 'plan.yaml')).toEqual({ perClass: 40, shifts: 4, notes: [] });
});

test('a preset with its own data set means what it says, however few rows are left for validation', () => {
  const heart = parsePlan(readPreset('heart'), 'heart');
  expect(fitPreset(heart, table(130, 112), { set: [] })).toEqual({ plan: heart, notes: [] });
});

test('images are shifted as ever', () => {
  expect(fit(table(20, 20, [1, 2, 2]), [])).toEqual({ perClass: 40, shifts: 4, notes: [] });
});
