import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync, type Zippable } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoadedDataset } from '../samples.js';
import { npyBytes, npyTexts } from '../testing/npy-bytes.js';
import type { SourceOptions } from './data-source.js';
import { contentOf, loadSource } from './find-source.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-arrays-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function written(content: Uint8Array, ending: string): Promise<string> {
  const path = join(folder, `${files++}.${ending}`);
  await writeFile(path, content);
  return path;
}
const npz = (arrays: Readonly<Record<string, Buffer>>): Promise<string> =>
  written(
    zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes])) as Zippable),
    'npz',
  );
const load = (path: string, options: SourceOptions = {}): Promise<LoadedDataset> =>
  loadSource(path, { testFraction: 0, ...options }, 'own');

const numbers = npyBytes('<f8', [4, 2], Float64Array.of(0.1, 5, 0.2, 6, NaN, 7, 0.4, 8));
const labels = npyBytes('<i8', [4], BigInt64Array.of(0n, 7n, 0n, 7n));
const bytesOf = (count: number, from = 0): Uint8Array => Uint8Array.from({ length: count }, (_, at) => from + at);

test('rows of features are a table of numbers x0, x1, ..., and integers are classes', async () => {
  const path = await written(numbers, 'npy');
  expect(await contentOf(path)).toBe('table');
  const { train, classes, classColumn } = await load(path, { labels: await written(labels, 'npy') });
  expect([classes, classColumn, [...train.labels]]).toEqual([['0', '7'], 'y', [0, 1, 0, 1]]);
  expect(train.columns!.map(({ name }) => name)).toEqual(['x0', 'x1']);
  expect([...train.features]).toEqual([0.1, 5, 0.2, 6, NaN, 7, 0.4, 8].map(Math.fround));
  expect(train.columns![1]).toMatchObject({ kind: 'number', low: 5, high: 8, integer: true });
});

test('a column of codes may be categories, and texts are classes', async () => {
  const path = await npz({ X: numbers, y: npyTexts(['no', 'yes', 'no', 'yes']) });
  const { train, classes } = await load(path, { categorical: ['x1'], ignore: ['x0'] });
  expect(train.columns).toEqual([{ kind: 'category', name: 'x1', values: ['5', '6', '7', '8'] }]);
  expect(classes).toEqual(['no', 'yes']);
});

test('images of bytes keep their pixels, and a part is set aside for the test', async () => {
  const path = await npz({
    X: npyBytes('|u1', [10, 2, 3], bytesOf(60)),
    y: npyBytes(
      '|u1',
      [10],
      bytesOf(10).map((at) => at % 2),
    ),
  });
  expect(await contentOf(path)).toBe('images');
  const { train, test: held } = await load(path, { testFraction: 0.2 });
  expect([train.inputShape, train.count, held!.count, train.scale]).toEqual([[1, 2, 3], 8, 2, 1 / 255]);
  const first = [...train.features.subarray(0, 6)] as number[];
  expect(first.map((value) => value - first[0])).toEqual([0, 1, 2, 3, 4, 5]);
});

test('training and test arrays of one file, with channels, as float32', async () => {
  const part = (count: number): Buffer =>
    npyBytes(
      '<f4',
      [count, 2, 1, 2],
      Float32Array.from({ length: count * 4 }, (_, at) => at / (count * 4)),
    );
  const path = await npz({
    x_train: part(4),
    y_train: npyTexts(['a', 'b', 'a', 'b']),
    x_test: part(2),
    y_test: npyTexts(['b', 'b']),
  });
  const { train, test: held } = await load(path);
  expect([train.inputShape, train.scale, train.count, [...held!.labels]]).toEqual([[2, 1, 2], 1, 4, [1, 1]]);
  expect([...held!.features]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((at) => at / 8));
});

describe('is refused:', () => {
  const image = (count: number): Buffer => npyBytes('|u1', [count, 2, 2], bytesOf(count * 4));
  test.each<[string, () => Promise<string>, SourceOptions, string]>([
    ['an array without labels', () => written(numbers, 'npy'), {}, 'give those of its rows by --set dataset.labels'],
    ['other lengths', () => npz({ X: image(3), y: labels }), {}, '.npz, X has 3 rows and'],
    ['one-hot labels', () => npz({ X: image(4), y: image(4) }), {}, 'numpy.argmax(y, axis=1)'],
    ['no y', () => npz({ X: image(4), z: labels }), {}, 'it needs X and y, or X_train and y_train'],
    [
      'no y_test',
      () => npz({ X_train: image(4), y_train: labels, X_test: image(4) }),
      {},
      'holds x_test and no y_test',
    ],
    [
      'pickles',
      () => npz({ X: image(4), y: npyBytes('|O', [4], new Uint8Array(32)) }),
      {},
      'a pickle, which is never loaded',
    ],
    [
      'channels last',
      () => npz({ X: npyBytes('|u1', [1, 9, 9, 3], bytesOf(243)), y: npyBytes('|u1', [1], bytesOf(1)) }),
      {},
      'numpy.moveaxis(X, 3, 1)',
    ],
    [
      'pixels beyond 1',
      () => npz({ X: npyBytes('<f4', [4, 1, 1], Float32Array.of(0, 1, 2, 0)), y: labels }),
      {},
      'holds 2. Pixels are whole numbers from 0 to 255 (uint8), or numbers from 0 to 1',
    ],
    ['one dimension', () => npz({ X: labels, y: labels }), {}, 'Rows are [rows, features] for a table'],
    ['one class', () => npz({ X: image(2), y: npyTexts(['a', 'a']) }), {}, "only the class 'a'"],
    [
      'a quantity instead of classes',
      () =>
        npz({
          X: npyBytes(
            '<f4',
            [300, 1],
            Float32Array.from({ length: 300 }, (_, at) => at),
          ),
          y: npyBytes(
            '<f8',
            [300],
            Float64Array.from({ length: 300 }, (_, at) => at / 7),
          ),
        }),
      {},
      'mipnet classifies: it does no regression',
    ],
    [
      'infinity',
      () => npz({ X: npyBytes('<f4', [4, 1], Float32Array.of(0, Infinity, 2, 0)), y: labels }),
      {},
      "row 1, column 'x0': 'Infinity' is not a finite number",
    ],
    [
      'other rows in the test',
      () => npz({ X_train: image(4), y_train: labels, X_test: numbers, y_test: labels }),
      {},
      'their rows are not alike',
    ],
    ['a damaged archive', () => written(Buffer.from('PK\x03\x04 nothing'), 'npz'), {}, 'is not a whole .npz file'],
  ])('%s', async (_, path, options, message) => {
    await expect(path().then((file) => load(file, options))).rejects.toThrow(message);
  });
});
