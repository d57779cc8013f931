import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, test } from 'vitest';
import { ensureStoreId, MemoryStore, ObjectStoreError } from '@mipnet/object-store';
import { StoreGuard } from './store-guard.js';

const run = <T>(body: () => Promise<T>): Promise<T> => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(body);

describe('StoreGuard', () => {
  test('lets work through whose run has the same store, and looks once', async () => {
    const store = new MemoryStore();
    const wanted = await ensureStoreId(store);
    const guard = new StoreGuard(store, 0);
    expect(await run(() => guard.run(wanted, async () => 1))).toBe(1);
    store.read = () => Promise.reject(new Error('asked again'));
    expect(await run(() => guard.run(wanted, async () => 2))).toBe(2);
  });

  test.each(['another store', 'a store that no run has used'])('refuses the work of a run for a worker of %s, and names worker and both stores', async (which) => {
    const store = new MemoryStore();
    if (which === 'another store') await ensureStoreId(store);
    let worked = false;
    const refused = run(() => new StoreGuard(store, 0).run({ id: 'their-id', url: 's3://mipnet/theirs' }, async () => (worked = true)));
    await expect(refused).rejects.toMatchObject({ type: 'Store', nonRetryable: true, details: ['other-store'] });
    await expect(refused).rejects.toThrow(/^worker \d+@\S+ has the object store memory: .* no work of a run in s3:\/\/mipnet\/theirs \(id their-id\)/);
    expect(worked).toBe(false);
  });

  test('takes the work of a run that an older version started', async () => {
    expect(await run(() => new StoreGuard(new MemoryStore(), 0).run(undefined, async () => 1))).toBe(1);
  });

  test('answers later each time while it cannot use its store, and at once again after it could', async () => {
    const guard = new StoreGuard(new MemoryStore(), 0.02);
    const failing = () => guard.run(undefined, () => Promise.reject(new ObjectStoreError('refused', 'no rights')));
    const secondsOf = async (body: () => Promise<unknown>): Promise<number> => {
      const began = performance.now();
      await run(body).catch(() => undefined);
      return (performance.now() - began) / 1000;
    };
    expect(await secondsOf(failing)).toBeGreaterThan(0.019);
    expect(await secondsOf(failing)).toBeGreaterThan(0.039);
    expect(await secondsOf(failing)).toBeGreaterThan(0.079);
    await run(() => guard.run(undefined, async () => undefined));
    // Of a crash nobody says that it is the store's.
    const crash = () => guard.run(undefined, () => Promise.reject(new Error('crash')));
    await expect(run(crash)).rejects.toThrow('crash');
  });

  test('does not hold its answer back after a cancellation', async () => {
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const held = environment.run(() => new StoreGuard(new MemoryStore(), 1000).run(undefined, () => Promise.reject(new ObjectStoreError('damaged', 'bits'))));
    environment.cancel();
    await expect(held).rejects.toMatchObject({ type: 'Store' });
  });
});
