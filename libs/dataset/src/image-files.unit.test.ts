import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { afterAll, expect, test } from 'vitest';
import { openImages } from './image-files.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-image-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A grey PNG of one shade. */
function png(path: string, shade: number, width = 3, height = 2): void {
  const image = new PNG({ width, height });
  for (let at = 0; at < image.data.length; at++) image.data[at] = at % 4 === 3 ? 255 : shade;
  writeFileSync(join(folder, path), PNG.sync.write(image, { colorType: 0 }));
}

const idx = Buffer.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6]);

test('a folder of PNG files, in the order of their names, also in folders', async () => {
  mkdirSync(join(folder, 'pictures/b'), { recursive: true });
  png('pictures/c.png', 30);
  png('pictures/a.png', 10);
  png('pictures/b/x.PNG', 20);
  writeFileSync(join(folder, 'pictures/readme.txt'), 'no image');
  const images = await openImages(join(folder, 'pictures'));
  expect(images).toMatchObject({ count: 3, shape: [1, 2, 3], names: ['a.png', join('b', 'x.PNG'), 'c.png'] });
  expect([...(await images!.read(1, 3))]).toEqual([...Array(6).fill(20), ...Array(6).fill(30)]);
});

test('one PNG file', async () => {
  png('one.png', 7);
  const images = await openImages(join(folder, 'one.png'));
  expect(images).toMatchObject({ count: 1, shape: [1, 2, 3], names: ['one.png'] });
  expect([...(await images!.read(0, 1))]).toEqual(Array(6).fill(7));
});

test.each(['t10k-images-idx3-ubyte', 'test.idx3', 'emnist-test-images-idx3-ubyte.gz'])(
  'an IDX file: %s',
  async (name) => {
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(idx) : idx);
    const images = await openImages(join(folder, name));
    expect(images).toMatchObject({ count: 3, shape: [1, 1, 2] });
    expect([...(await images!.read(1, 3))]).toEqual([3, 4, 5, 6]);
  },
);

test('a table and an array are no images', async () => {
  expect(await openImages(join(folder, 'table.csv'))).toBeUndefined();
  expect(await openImages(join(folder, 'X.npy'))).toBeUndefined();
});

test('a folder without images, and images of two sizes, are refused by name', async () => {
  mkdirSync(join(folder, 'empty'));
  await expect(openImages(join(folder, 'empty'))).rejects.toThrow('empty is a folder without PNG files');
  mkdirSync(join(folder, 'mixed'));
  png('mixed/a.png', 1);
  png('mixed/b.png', 1, 4);
  const images = await openImages(join(folder, 'mixed'));
  await expect(images!.read(0, 2)).rejects.toThrow(
    'b.png has 1 x 2 x 4 pixels, and a.png 1 x 2 x 3; all images must be alike',
  );
});
