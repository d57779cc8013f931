import { expect, test } from 'vitest';
import { shareOfMemory } from './share-of-memory.js';

const gigabyte = 2 ** 30;

test.each([
  [2, 4 * gigabyte, 1638],
  [1, 1 * gigabyte, 819],
  [2, 64 * gigabyte, 4096],
])('%i slots of %i bytes get %i MB each', (slots, bytes, megabytes) => {
  expect(shareOfMemory(slots, bytes)).toBe(megabytes);
});

test('of this machine it is something a solver can live with', () => {
  expect(shareOfMemory(1)).toBeGreaterThan(100);
});
