import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DatasetError } from './dataset-error.js';
import { parseIdx } from './idx.js';
import { seededRandom } from './random.js';
import { isGzip, unpackGzip } from './unpack-gzip.js';

const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255);

test('reads the dimensions and the numbers', () => {
  const { dimensions, values } = parseIdx(images, 'images', 3);
  expect(dimensions).toEqual([2, 1, 3]);
  expect([...values]).toEqual([1, 2, 3, 4, 5, 255]);
});

test.each([
  ['an empty file', new Uint8Array(0), 'it has 0 bytes'],
  ['another magic number', images.with(0, 0x1f), 'its magic number is 0x1f000803'],
  ['another number type', images.with(2, 0x0d), 'its numbers have type 0x0d'],
  ['another number of dimensions', images.with(3, 1), 'it has 1 dimensions, and must have 3'],
  ['an end in the header', images.subarray(0, 10), 'it ends inside its 16-byte header'],
  ['an end in the numbers', images.subarray(0, 21), 'it is cut short: 5 numbers of 2 x 1 x 3 = 6'],
  ['bytes after the end', Uint8Array.of(...images, 0), 'it has 1 bytes too many'],
])('refuses %s, naming the file', (_what, bytes, message) => {
  const read = (): unknown => parseIdx(bytes, '/data/images.idx', 3);
  expect(read).toThrow(DatasetError);
  expect(read).toThrow(message);
  expect(read).toThrow('/data/images.idx');
});

test('damaged files, plain and packed, are refused and nothing else happens', () => {
  const random = seededRandom(22, 'damage');
  const files = [Buffer.from(images), gzipSync(images)];
  let refused = 0;
  for (let run = 0; run < 6000; run++) {
    let bytes = Buffer.from(files[run % 2]);
    for (let faults = 1 + random.integer(3); faults > 0; faults--) {
      if (random.integer(4) === 0) bytes = bytes.subarray(0, random.integer(bytes.length + 1));
      else if (bytes.length > 0) bytes[random.integer(bytes.length)] = random.integer(256);
    }
    try {
      const { dimensions, values } = parseIdx(
        isGzip(bytes) ? unpackGzip(bytes, 'images.gz', { most: 1000, fix: 'Get it again.' }) : bytes,
        'images',
        3,
      );
      expect(values).toHaveLength(dimensions.reduce((product, extent) => product * extent, 1));
    } catch (error) {
      refused++;
      if (!(error instanceof DatasetError))
        throw new Error(`run ${run}: ${bytes.toString('base64')}`, { cause: error });
    }
  }
  expect(refused).toBeGreaterThan(1000);
});
