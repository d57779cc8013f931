import { expect, test } from 'vitest';
import { MemoryStore } from './memory-store.js';
import { ObjectStoreError, type ObjectStoreErrorCode } from './object-store-error.js';
import { PatientStore } from './patient-store.js';

/** Fails so many reads, then works. */
class Moody extends MemoryStore {
  reads = 0;
  constructor(
    readonly failures: number,
    readonly code: ObjectStoreErrorCode = 'unavailable',
  ) {
    super();
  }
  override async read(key: string): Promise<Uint8Array> {
    if (++this.reads <= this.failures) throw new ObjectStoreError(this.code, `failure ${this.reads}`);
    return super.read(key);
  }
}

test('waits for a store that does not answer, as long as it may', async () => {
  const store = new Moody(4);
  await store.write('a', Uint8Array.of(1));
  expect(await new PatientStore(store, { seconds: 1000, pauseSeconds: 0.001 }).read('a')).toEqual(Uint8Array.of(1));
  expect(store.reads).toBe(5);
});

test('gives up after its time, with the last error', async () => {
  const store = new Moody(Infinity);
  await expect(new PatientStore(store, { seconds: 0.02, pauseSeconds: 0.005 }).read('a')).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(store.reads).toBeGreaterThan(1);
});

test('does not wait if waiting does not help, nor after a stop', async () => {
  const damaged = new Moody(1, 'damaged');
  await expect(new PatientStore(damaged, { seconds: 1000 }).read('a')).rejects.toMatchObject({ code: 'damaged' });
  const away = new Moody(1);
  await expect(new PatientStore(away, { seconds: 1000, stopped: () => true }).read('a')).rejects.toMatchObject({
    code: 'unavailable',
  });
});
