import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { drawDigits } from './draw-digits.js';
import { samplesHash } from './samples-hash.js';
import type { Samples } from './samples.js';

const table: Samples = {
  name: 'csv',
  classes: ['no', 'yes'],
  inputShape: [2],
  count: 2,
  size: 2,
  scale: 1,
  features: Float64Array.of(0, 0.5, 1, 0.25),
  labels: Int32Array.of(0, 1),
};

test('the hash is that of the documented bytes', () => {
  const numbers = Buffer.alloc(4 * 8 + 2 * 4);
  [0, 0.5, 1, 0.25].forEach((value, k) => numbers.writeDoubleLE(value, 8 * k));
  [0, 1].forEach((label, k) => numbers.writeInt32LE(label, 32 + 4 * k));
  const head = '{"classes":["no","yes"],"inputShape":[2],"scale":1,"count":2,"type":"float64"}\n';
  expect(samplesHash(table)).toBe(createHash('sha256').update(head).update(numbers).digest('hex'));
});

test('a part of a larger array hashes like a copy of it, and the name of the data set does not count', () => {
  const larger = Float64Array.of(9, 0, 0.5, 1, 0.25, 9);
  expect(samplesHash({ ...table, name: 'heart', features: larger.subarray(1, 5) })).toBe(samplesHash(table));
});

test.each<[string, Partial<Samples>]>([
  ['scaling', { features: Float64Array.of(0, 0.5, 1, 0.26) }],
  ['label', { labels: Int32Array.of(0, 0) }],
  ['order of rows', { features: Float64Array.of(1, 0.25, 0, 0.5), labels: Int32Array.of(1, 0) }],
  ['class', { classes: ['no', 'maybe'] }],
  ['shape', { inputShape: [1, 1, 2] }],
])('another %s is another hash', (_, change) => {
  expect(samplesHash({ ...table, ...change })).not.toBe(samplesHash(table));
});

test('two drawings of digits with one seed have one hash', () => {
  const draw = (seed: number): string => samplesHash(drawDigits({ trainPerClass: 1, testPerClass: 2, seed }).test!);
  expect(draw(0)).toBe(draw(0));
  expect(draw(1)).not.toBe(draw(0));
});
