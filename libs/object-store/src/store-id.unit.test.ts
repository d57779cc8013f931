import { expect, test } from 'vitest';
import { MemoryStore } from './memory-store.js';
import { ensureStoreId, readStoreId, storeIdKey } from './store-id.js';

test('a store gets one id, whichever caller is first and however many there are at once', async () => {
  const store = new MemoryStore();
  expect(await readStoreId(store)).toBeUndefined();
  const identities = await Promise.all(Array.from({ length: 10 }, () => ensureStoreId(store)));
  expect(new Set(identities.map(({ id }) => id)).size).toBe(1);
  expect(await readStoreId(store)).toBe(identities[0].id);
  expect(await ensureStoreId(store)).toEqual({ id: identities[0].id, url: 'memory:' });
});

test('two stores have two ids', async () => {
  const [one, other] = [await ensureStoreId(new MemoryStore()), await ensureStoreId(new MemoryStore())];
  expect(one.id).not.toBe(other.id);
});

test('asking shows whether the store can be written, also when it has an id', async () => {
  const store = new MemoryStore();
  await ensureStoreId(store);
  store.write = () => Promise.reject(new Error('read-only'));
  await expect(ensureStoreId(store)).rejects.toThrow('read-only');
});

test('a damaged marker is an error and not another id', async () => {
  const store = new MemoryStore();
  await store.write(storeIdKey, new TextEncoder().encode('hello'));
  await expect(ensureStoreId(store)).rejects.toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('store-id'),
  });
});
