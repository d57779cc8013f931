import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { CachedStore } from './cached-store.js';
import { getObject, getRange, putObject, sha256Hex } from './content-addressed.js';
import { MemoryStore } from './memory-store.js';
import { ObjectStoreError } from './object-store-error.js';

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

describe('putObject', () => {
  test('names an object by its hash', async () => {
    const store = new MemoryStore();
    const ref = await putObject(store, 'test', new TextEncoder().encode('abc'));
    // FIPS 180-4, example of "abc".
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(ref).toEqual({ key: `test/${sha256}`, sha256, bytes: 3 });
  });

  test('writes an object once', async () => {
    const store = new MemoryStore();
    const write = vi.spyOn(store, 'write');
    expect(await putObject(store, 'test', bytes)).toEqual(await putObject(store, 'test', bytes));
    expect(write).toHaveBeenCalledTimes(1);
  });

  test('heals an object of another length', async () => {
    const store = new MemoryStore();
    const ref = await putObject(store, 'test', bytes);
    await store.write(ref.key, bytes.subarray(1));
    await putObject(store, 'test', bytes);
    expect(await getObject(store, ref)).toEqual(bytes);
  });

  test('replaces an object that was damaged and kept its length', async () => {
    const store = new MemoryStore();
    const ref = await putObject(store, 'test', bytes);
    await store.write(ref.key, bytes.with(500, bytes[500] ^ 1));
    await putObject(new CachedStore(store), 'test', bytes);
    expect(await getObject(store, ref)).toEqual(bytes);
  });

  test('replaces an object that its server calls damaged', async () => {
    const store = new MemoryStore();
    const ref = await putObject(store, 'test', bytes);
    vi.spyOn(store, 'read').mockRejectedValueOnce(new ObjectStoreError('damaged', 'its checksum is wrong'));
    const write = vi.spyOn(store, 'write');
    await putObject(store, 'test', bytes);
    expect(write).toHaveBeenCalledWith(ref.key, bytes);
  });

  test('refuses a prefix that is no key', async () => {
    await expect(putObject(new MemoryStore(), '../up', bytes)).rejects.toMatchObject({ code: 'refused' });
  });
});

describe('getObject', () => {
  test('gives what was put, and any single changed byte is damage', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (original, at, change) => {
          const store = new MemoryStore();
          const ref = await putObject(store, 'test', original);
          expect(await getObject(store, ref)).toEqual(original);
          const damaged = original.slice();
          damaged[at % damaged.length] ^= change;
          await store.write(ref.key, damaged);
          await expect(getObject(store, ref)).rejects.toMatchObject({ code: 'damaged' });
        },
      ),
    );
  });

  test('says which object is damaged and what to do', async () => {
    const store = new MemoryStore();
    const ref = await putObject(store, 'test', bytes);
    await store.write(ref.key, bytes.subarray(0, 999));
    await expect(getObject(store, ref)).rejects.toThrow(
      `object ${ref.key} in memory: is damaged: it has 999 bytes instead of 1000; run the same plan ` +
        'again, which writes it again',
    );
  });

  test('reads again before it calls an object damaged', async () => {
    const store = new MemoryStore();
    const ref = await putObject(store, 'test', bytes);
    vi.spyOn(store, 'read').mockResolvedValueOnce(bytes.toReversed());
    expect(await getObject(store, ref)).toEqual(bytes);
  });

  test('says missing', async () => {
    const ref = { key: 'test/none', sha256: sha256Hex(bytes), bytes: 1000 };
    await expect(getObject(new MemoryStore(), ref)).rejects.toMatchObject({ code: 'missing' });
  });
});

describe('getRange', () => {
  test('verifies a part by its own hash', async () => {
    const store = new MemoryStore();
    await store.write('table', bytes);
    const range = { key: 'table', start: 100, end: 200, sha256: sha256Hex(bytes.subarray(100, 200)) };
    expect(await getRange(store, range)).toEqual(bytes.slice(100, 200));
    await store.write(
      'table',
      bytes.map((byte, i) => (i === 150 ? byte + 1 : byte)),
    );
    const failed = getRange(store, range);
    await expect(failed).rejects.toMatchObject({ code: 'damaged' });
    await expect(failed).rejects.toThrow('bytes 100 to 200 of object table');
  });
});

describe('CachedStore', () => {
  test('reads an object and a range once, also for callers at the same time', async () => {
    const store = new MemoryStore();
    const [read, readRange] = [vi.spyOn(store, 'read'), vi.spyOn(store, 'readRange')];
    const cached = new CachedStore(store);
    const ref = await putObject(cached, 'test', bytes);
    const range = { key: ref.key, start: 0, end: 10, sha256: sha256Hex(bytes.subarray(0, 10)) };
    const [first] = await Promise.all([getObject(cached, ref), getObject(cached, ref)]);
    first.fill(0);
    expect(await getObject(cached, ref)).toEqual(bytes);
    expect(await getRange(cached, range)).toEqual(await getRange(cached, range));
    expect(read).toHaveBeenCalledTimes(1);
    expect(readRange).toHaveBeenCalledTimes(1);
  });

  test('does not keep damaged or missing objects', async () => {
    const store = new MemoryStore();
    const cached = new CachedStore(store);
    const ref = await putObject(store, 'test', bytes);
    await store.write(ref.key, bytes.toReversed());
    await expect(getObject(cached, ref)).rejects.toMatchObject({ code: 'damaged' });
    await store.remove(ref.key);
    await expect(getObject(cached, ref)).rejects.toMatchObject({ code: 'missing' });
    await store.write(ref.key, bytes);
    expect(await getObject(cached, ref)).toEqual(bytes);
    await expect(getObject(cached, { ...ref, bytes: 999 })).rejects.toMatchObject({ code: 'damaged' });
  });

  test('keeps no more than it may, the most recently used', async () => {
    const store = new MemoryStore();
    const cached = new CachedStore(store, { maxBytes: 250 });
    const refs = await Promise.all([1, 2, 3].map((n) => putObject(store, 'test', new Uint8Array(100).fill(n))));
    const large = await putObject(store, 'test', bytes);
    for (const ref of [refs[0], refs[1], refs[0], refs[2], large]) await getObject(cached, ref);
    expect(cached.verified.bytes).toBe(200);
    const read = vi.spyOn(store, 'read');
    await getObject(cached, refs[0]);
    await getObject(cached, refs[2]);
    expect(read).toHaveBeenCalledTimes(0);
    await getObject(cached, refs[1]);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
