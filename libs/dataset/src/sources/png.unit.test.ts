import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode, type ImageData } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentOf, loadSource } from './find-source.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mipnet-png-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

let folders = 0;
/** A folder with these files. */
async function folder(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const path = join(root, String(folders++));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return path;
}
/** 3 wide, 2 high; its pixels count on from a number. */
const image = (from: number, other: Partial<ImageData> = {}): Uint8Array => {
  const channels = other.channels ?? 1;
  const size = (other.width ?? 3) * (other.height ?? 2) * channels;
  const data = other.depth === 16 ? new Uint16Array(size) : new Uint8Array(size);
  return encode({ width: 3, height: 2, channels, data: data.map((_, at) => from + at), ...other });
};
const load = (path: string, testFraction = 0) => loadSource(path, { testFraction }, 'own');

test('images of grey, a folder per class', async () => {
  const path = await folder({
    'cat/2.png': image(10),
    'cat/1.PNG': image(0),
    'dog/1.png': image(100),
    'dog/notes.txt': Buffer.from('x'),
    '.hidden/1.png': image(1),
  });
  expect(await contentOf(path)).toBe('images');
  const { train, classes, test: held } = await load(path);
  expect([classes, train.inputShape, held, train.scale]).toEqual([['cat', 'dog'], [1, 2, 3], null, 1 / 255]);
  expect([...train.features]).toEqual([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 100, 101, 102, 103, 104, 105]);
  expect([...train.labels]).toEqual([0, 0, 1]);
});

test('images of colour are three channels, and the test has a folder', async () => {
  const colour = (from: number): Uint8Array => image(from, { channels: 3 });
  const path = await folder({
    'train/a/1.png': colour(0),
    'train/b/1.png': colour(50),
    'test/b/1.png': colour(90),
  });
  const { train, test: held } = await load(path);
  expect(train.inputShape).toEqual([3, 2, 3]);
  expect([...train.features.subarray(0, 18)]).toEqual([0, 3, 6, 9, 12, 15, 1, 4, 7, 10, 13, 16, 2, 5, 8, 11, 14, 17]);
  expect([held!.count, held!.labels[0], held!.features[0]]).toEqual([1, 1, 90]);
});

describe('is refused:', () => {
  const [a, b] = [{ 'a/1.png': image(0) }, { 'b/1.png': image(9) }];
  const whole = image(0);
  const flipped = Uint8Array.from(whole, (byte, at) => (at === whole.length - 20 ? byte ^ 255 : byte));
  test.each<[string, Readonly<Record<string, Uint8Array>>, RegExp]>([
    [
      'images of different sizes',
      { ...a, 'b/1.png': image(0, { width: 2, height: 3 }) },
      /b\/1\.png has 2 x 3 pixels of grey, and .*a\/1\.png 3 x 2 pixels of grey; all images must be alike/,
    ],
    ['grey and colour', { ...a, 'b/1.png': image(0, { channels: 3 }) }, /b\/1\.png has 3 x 2 pixels of colour/],
    ['16 bits', { ...a, 'b/1.png': image(0, { depth: 16 }) }, /b\/1\.png has 16 bits per channel\. Images of 8 bits/],
    ['transparency', { ...a, 'b/1.png': image(0, { channels: 4 }) }, /b\/1\.png has RGB with transparency/],
    ['a damaged image', { ...a, 'b/1.png': flipped }, /b\/1\.png is not a whole PNG file/],
    ['an image that is cut off', { ...a, 'b/1.png': whole.subarray(0, 45) }, /b\/1\.png is not a whole PNG file/],
    ['text', { ...a, 'b/1.png': Buffer.from('no image') }, /b\/1\.png is no PNG file, or is cut off/],
    ['JPEG', { ...a, 'b/1.jpg': Buffer.from('x') }, /b\/1\.jpg is no PNG file\. Images are read from PNG/],
    ['one class', a, /only the class 'a'; two are needed/],
    ['images without a class', { '1.png': image(0), ...b }, /1\.png is in no folder of a class/],
    ['no images', { 'a/x.txt': Buffer.from('x') }, /neither images by class .* nor IDX files/],
    [
      'a class that training does not have',
      { 'train/a/1.png': image(0), 'train/b/1.png': image(0), 'test/c/1.png': image(0) },
      /test\/c is a class that .*train does not have/,
    ],
  ])('%s', async (_, files, message) => {
    await expect(folder(files).then((path) => load(path))).rejects.toThrow(message);
  });

  test('a header that claims a billion pixels, before anything is unpacked', async () => {
    const huge = Buffer.from(image(0));
    huge.writeUInt32BE(40_000, 16);
    huge.writeUInt32BE(40_000, 20);
    const path = await folder({ ...a, 'b/1.png': huge });
    await expect(load(path)).rejects.toThrow('has 40000 x 40000 pixels, more than 16 MiB');
  });
});
