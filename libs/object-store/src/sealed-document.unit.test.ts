import { describe, expect, test } from 'vitest';
import { MemoryStore } from './memory-store.js';
import { getSealed, putSealed } from './sealed-document.js';

const value = { leaf: 'pair 4v9', weights: Int8Array.of(-1, 0, 1), bound: null };

describe('sealed document', () => {
  test('comes back as it was, and writing it again gives the same bytes', async () => {
    const store = new MemoryStore();
    await putSealed(store, 'results/a', value);
    const bytes = await store.read('results/a');
    expect(await getSealed(store, 'results/a')).toEqual(value);
    await putSealed(store, 'results/a', { bound: null, weights: value.weights, leaf: value.leaf });
    expect(await store.read('results/a')).toEqual(bytes);
  });

  test('no byte of it can change without being noticed', async () => {
    const store = new MemoryStore();
    await putSealed(store, 'results/a', value);
    const bytes = await store.read('results/a');
    for (let at = 0; at < bytes.length; at++) {
      const hurt = bytes.slice();
      hurt[at] ^= 1;
      await store.write('results/a', hurt);
      await expect(getSealed(store, 'results/a')).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  test.each([0, 10, 32, 40])('cut off after %i bytes it is damaged', async (length) => {
    const store = new MemoryStore();
    await putSealed(store, 'results/a', value);
    await store.write('results/a', (await store.read('results/a')).slice(0, length));
    await expect(getSealed(store, 'results/a')).rejects.toMatchObject({ code: 'damaged' });
  });

  test('a key that nobody wrote is missing', async () => {
    await expect(getSealed(new MemoryStore(), 'results/none')).rejects.toMatchObject({ code: 'missing' });
  });
});
