import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDataset } from '../datasets/load.js';
import { contentOf, loadSource } from './find-source.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mipnet-sources-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let folders = 0;
async function folder(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const path = join(root, String(folders++));
  await mkdir(path);
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return path;
}

/** An IDX file of bytes that count on from 0. */
function idx(...sides: readonly number[]): Buffer {
  const header = Buffer.from([0, 0, 8, sides.length]);
  const lengths = Buffer.alloc(4 * sides.length);
  sides.forEach((side, at) => lengths.writeUInt32BE(side, 4 * at));
  const size = sides.reduce((product, side) => product * side, 1);
  return Buffer.concat([header, lengths, Buffer.from(Uint8Array.from({ length: size }, (_, at) => at))]);
}

const fourFiles = (prefix = '', ending = ''): Record<string, Uint8Array> => ({
  [`${prefix}train-images-idx3-ubyte${ending}`]: idx(6, 2, 3),
  [`${prefix}train-labels-idx1-ubyte${ending}`]: idx(6),
  [`${prefix}test-images-idx3-ubyte${ending}`]: idx(2, 2, 3),
  [`${prefix}test-labels-idx1-ubyte${ending}`]: idx(2),
});

describe('IDX files', () => {
  test('a folder with the names of MNIST, packed or not', async () => {
    const path = await folder({
      'train-images-idx3-ubyte.gz': gzipSync(idx(6, 2, 3)),
      'train-labels.idx1-ubyte': idx(6),
      'train-labels-idx1-ubyte': idx(6),
      't10k-images-idx3-ubyte': idx(2, 2, 3),
      't10k-labels-idx1-ubyte.gz': gzipSync(idx(2)),
    });
    expect(await contentOf(path)).toBe('images');
    const { train, test: held, classes } = await loadSource(path, {}, 'own');
    expect([train.inputShape, train.count, held!.count]).toEqual([[1, 2, 3], 6, 2]);
    expect([classes, [...held!.labels]]).toEqual([
      ['0', '1', '2', '3', '4', '5'],
      [0, 1],
    ]);
    expect([...train.features]).toEqual(Array.from({ length: 36 }, (_, at) => at));
  });

  test('one of several sets, named by its images', async () => {
    const path = await folder({ ...fourFiles('emnist-letters-'), ...fourFiles('emnist-mnist-') });
    await expect(loadSource(path, {}, 'own')).rejects.toThrow(
      'holds 2 data sets (emnist-letters-train, emnist-mnist-train); name the images of one as dataset.file',
    );
    const { train } = await loadSource(join(path, 'emnist-mnist-train-images-idx3-ubyte'), {}, 'own');
    expect(train.count).toBe(6);
  });

  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['no labels', { 'train-images-idx3-ubyte': idx(6, 2, 3) }, /has train-images-idx3-ubyte, and no train-labels/],
    [
      'other lengths',
      { ...fourFiles(), 'train-labels-idx1-ubyte': idx(5) },
      /train-images-idx3-ubyte has 6 images and .*train-labels-idx1-ubyte 5 labels/,
    ],
    ['other sizes', { ...fourFiles(), 'test-images-idx3-ubyte': idx(2, 3, 3) }, /have 3 x 3 pixels, those of .* 2 x 3/],
    [
      'a test class that is new',
      {
        ...fourFiles(),
        'train-labels-idx1-ubyte': Buffer.concat([idx(6).subarray(0, 8), Buffer.from([1, 2, 3, 4, 5, 6])]),
      },
      /the class 0 of image 0/,
    ],
    [
      'no training',
      { 'test-images-idx3-ubyte': idx(2, 2, 3), 'test-labels-idx1-ubyte': idx(2) },
      /has no train-images/,
    ],
  ])('%s: refused', async (_, files, message) => {
    await expect(folder(files).then((path) => loadSource(path, {}, 'own'))).rejects.toThrow(message);
  });
});

describe('the data set `file`', () => {
  test('is a table if it is nothing else', async () => {
    const path = await folder({ 't.csv': Buffer.from('a,c\n1,x\n2,y\n3,x\n4,y\n') });
    const file = join(path, 't.csv');
    expect(await contentOf(file)).toBe('table');
    const { train, name } = await loadDataset({ name: 'file', file, class: 'c', testFraction: 0 });
    expect([name, train.count, train.name]).toEqual(['file', 4, 'file']);
  });

  test.each([
    [
      'a table without a class',
      { 't.csv': Buffer.from('a,c\n1,x\n') },
      't.csv',
      /is a table: say which of its columns is the class/,
    ],
    ['nothing', {}, 'none.csv', /none\.csv cannot be read \(there is no such file\)/],
    ['an empty folder', {}, '', /is a folder, and has neither images by class/],
  ])('is refused: %s', async (_, files: Record<string, Uint8Array>, name, message) => {
    const path = await folder(files);
    await expect(loadDataset({ name: 'file', file: join(path, name) })).rejects.toThrow(message);
  });

  test('needs a path', async () => {
    await expect(loadDataset({ name: 'file' })).rejects.toThrow(
      'give the path of your data by --set dataset.file=PATH',
    );
  });
});
