import { CompleteAsyncError } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { beforeEach, describe, expect, test } from 'vitest';
import { ensureStoreId, MemoryStore, ObjectStoreError } from '@mipnet/object-store';
import { StoreGuard, type Rest } from './store-guard.js';

/** The reports to the server while the activity was running. */
let told: unknown[];
beforeEach(() => void (told = []));
const client = {
  withAbortSignal: <T>(_signal: AbortSignal, body: () => Promise<T>) => body(),
  activity: { fail: async (_token: Uint8Array, failure: unknown) => void told.push(failure) },
} as unknown as Client;
const environment = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR'), client });
const run = <T>(body: () => Promise<T>): Promise<T> => environment().run(body);

const atOnce: Rest = async () => undefined;

/** A rest that only an abort ends. */
const untilAborted: Rest = async (_, signal) => {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
};

describe('StoreGuard', () => {
  test('lets work through whose run has the same store, and looks once', async () => {
    const store = new MemoryStore();
    const wanted = await ensureStoreId(store);
    const guard = new StoreGuard(store, atOnce);
    expect(await run(() => guard.run(wanted, async () => 1))).toBe(1);
    store.read = () => Promise.reject(new Error('asked again'));
    expect(await run(() => guard.run(wanted, async () => 2))).toBe(2);
  });

  test.each(['another store', 'a store that no run has used'])(
    'refuses the work of a run for a worker of %s, and names worker and both stores',
    async (which) => {
      const store = new MemoryStore();
      if (which === 'another store') await ensureStoreId(store);
      let worked = false;
      const refused = run(() =>
        new StoreGuard(store, atOnce).run({ id: 'their-id', url: 's3://mipnet/theirs' }, async () => (worked = true)),
      );
      await expect(refused).rejects.toBeInstanceOf(CompleteAsyncError);
      expect(told).toMatchObject([{ type: 'Store', nonRetryable: true, details: ['other-store'] }]);
      expect((told[0] as Error).message).toMatch(
        /^worker \d+@\S+ has the object store memory: .* no work of a run in s3:\/\/mipnet\/theirs \(id their-id\)/,
      );
      expect(worked).toBe(false);
    },
  );

  test('takes the work of a run that an older version started', async () => {
    expect(await run(() => new StoreGuard(new MemoryStore(), atOnce).run(undefined, async () => 1))).toBe(1);
  });

  test('hands a task back at once and then rests, longer each time, until a task succeeds', async () => {
    const rests: number[] = [];
    let wake = (): void => undefined;
    const guard = new StoreGuard(new MemoryStore(), (seconds) => {
      rests.push(seconds);
      return new Promise((resolve) => (wake = resolve));
    });
    const failing = () => guard.run(undefined, () => Promise.reject(new ObjectStoreError('refused', 'no rights')));
    for (const seconds of [1, 2, 4]) {
      const resting = run(failing).catch((error: unknown) => error);
      while (rests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(told.splice(0)).toMatchObject([{ type: 'Store', details: ['refused'] }]);
      expect(rests.splice(0)).toEqual([seconds]);
      wake();
      expect(await resting).toBeInstanceOf(CompleteAsyncError);
    }
    expect(await run(() => guard.run(undefined, async () => 1))).toBe(1);
  });

  test('rests no longer when the worker leaves', async () => {
    const guard = new StoreGuard(new MemoryStore(), untilAborted);
    const resting = run(() => guard.run(undefined, () => Promise.reject(new ObjectStoreError('refused', 'no rights'))));
    guard.leave();
    await expect(resting).rejects.toBeInstanceOf(CompleteAsyncError);
  });

  test("of a crash nobody says that it is the store's", async () => {
    await expect(
      run(() => new StoreGuard(new MemoryStore()).run(undefined, () => Promise.reject(new Error('crash')))),
    ).rejects.toThrow('crash');
    expect(told).toEqual([]);
  });

  test('holds an answer about a damaged object back for a moment, and not after a cancellation', async () => {
    const cancelled = environment();
    const held = cancelled.run(() =>
      new StoreGuard(new MemoryStore(), untilAborted).run(undefined, () =>
        Promise.reject(new ObjectStoreError('damaged', 'bits')),
      ),
    );
    cancelled.cancel();
    await expect(held).rejects.toMatchObject({ type: 'Store', details: ['damaged'] });
    expect(told).toEqual([]);
  });
});
