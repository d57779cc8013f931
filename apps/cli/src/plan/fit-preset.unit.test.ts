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

/** Images of one channel, with the classes of the table. */
const images = (rows: number, columns: number): LoadedDataset => table(400, 400, [1, rows, columns]);
const ofImages = ['dataset.file=images'];
const scaled = (preset: string, data: LoadedDataset, more: readonly string[] = []) => {
  const [text, set] = [readPreset(preset), [...ofImages, ...more]];
  return fitPreset(parsePlan(text, preset, set), data, { set, presetText: text });
};
const pooled = `
dataset: mnist
network: [{conv: 64, kernel: 7, activation: step}, {averagePool: 4, stride: 2, offset: 2}, {dense: 1, activation: sign}]
splits: [layers, {neurons: {samples: 40, margin: 1, sparsity: 0.01}}, pairs]
objectives: [{fit: {margin: 8}}]`;
const ofPooled = (data: LoadedDataset, more: readonly string[] = [], text = pooled) => {
  const set = [...ofImages, ...more];
  const { plan, notes } = fitPreset(parsePlan(text, 'pooled', set), data, { set, presetText: text });
  const [conv, pool] = plan.network as unknown as Record<string, number>[];
  return { sizes: [conv.kernel, pool.averagePool, pool.stride, pool.offset, plan.splits[1].margin], plan, notes };
};

test('images of half the size have windows of half the side, and as many features', () => {
  const { sizes, plan, notes } = ofPooled(images(14, 14));
  expect(sizes).toEqual([4, 2, 1, 1, 0.33]);
  expect(plan.objectives).toEqual(parsePlan(pooled, 'pooled').objectives);
  expect(notes).toEqual([
    'the preset is for images of 28 x 28 pixels, and those of csv have 14 x 14: network.0.kernel 7 becomes 4, ' +
      'network.1.averagePool 4 becomes 2, network.1.stride 2 becomes 1, network.1.offset 2 becomes 1, ' +
      'splits.1.neurons.margin 1 becomes 0.33',
  ]);
  expect(ofPooled(images(56, 56)).sizes).toEqual([14, 8, 4, 4, 4]);
  expect(ofPooled(images(6, 40)).sizes).toEqual([4, 2, 1, 1, 0.33]);
  expect(ofPooled(images(3, 3)).sizes).toEqual([2, 1, 1, 0, 0.082]);
});

test('images of the same size, and sizes that somebody typed, stay', () => {
  expect(ofPooled(images(28, 28))).toMatchObject({ sizes: [7, 4, 2, 2, 1], notes: [] });
  const typed = ofPooled(images(14, 14), ['network.0.kernel=5', 'splits.1.neurons.margin=2']);
  expect(typed.sizes).toEqual([5, 2, 1, 1, 2]);
});

test('fixed filters stay as long as they fit', () => {
  const fixed = pooled.replace('kernel: 7', 'kernel: 5, fixed: oriented-edges').replace('{neurons: {', '{branches: {}');
  const text = fixed.replace(/splits:.*/, 'splits: [pairs]');
  const kernelOn = (data: LoadedDataset) => {
    const set = ofImages;
    const { plan } = fitPreset(parsePlan(text, 'fixed', set), data, { set, presetText: text });
    return (plan.network[0] as { kernel: number }).kernel;
  };
  expect([kernelOn(images(14, 14)), kernelOn(images(4, 9))]).toEqual([5, 4]);
});

test('the margin of raw pixels is in proportion to their number; a plan for tables is left alone', () => {
  const marginOf = ({ plan }: ReturnType<typeof scaled>) =>
    (plan.objectives[0] as { fit: { margin: number } }).fit.margin;
  const text = `
dataset: mnist
network: [{dense: 1, activation: sign}]
splits: [pairs]
objectives: [{fit: {margin: 8}}]`;
  const fitted = (preset: string) =>
    fitPreset(parsePlan(preset, 'raw', ofImages), images(14, 14), { set: ofImages, presetText: preset });
  expect(marginOf(fitted(text))).toBe(2);
  expect(marginOf(fitted(text.replace('mnist', 'adult')))).toBe(8);
});

test('squares that neurons read keep their share of the image, and margins their share of the squares', () => {
  const text = `
dataset: mnist
network: [{dense: 20, activation: relu}, {dense: 1, activation: sign}]
splits: [layers, {neurons: {patch: 10, margin: 4}}, pairs]
objectives: [{fit: {margin: 40}}]`;
  const { plan } = fitPreset(parsePlan(text, 'squares', ofImages), images(14, 14), {
    set: ofImages,
    presetText: text,
  });
  expect(plan.splits[1]).toMatchObject({ patch: 5, margin: 1 });
  expect(plan.objectives).toMatchObject([{ fit: { margin: 10 } }]);
});

test.each(['few-shot', 'few-shot-linear', 'few-shot-conv', 'few-shot-conv2', 'mnist'])(
  'the preset %s fits images of 28 x 28 as it is',
  (preset) => {
    expect(scaled(preset, images(28, 28)).notes).toEqual([]);
  },
);
