import { CachedStore, MemoryStore, putDocument, type ObjectStore } from '@mipnet/object-store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from './random.js';
import { selectRows, type LoadedDataset, type Samples } from './samples.js';
import { readRows } from './table-rows.js';
import { openDataset, writeDataset, writeDerivedDataset, type RowChunk } from './table.js';

function samples(count: number, size: number, storedAs: 'uint8' | 'float64'): Samples {
  const random = seededRandom(count);
  const features =
    storedAs === 'uint8'
      ? Uint8Array.from({ length: count * size }, () => random.integer(256))
      : Float64Array.from({ length: count * size }, random.normal);
  const labels = Int32Array.from({ length: count }, () => random.integer(3));
  return { name: 'made', classes: ['a', 'b', 'c'], inputShape: [size], count, size, features, scale: 0.5, labels };
}

function dataset(train: Samples, test: Samples | null = null): LoadedDataset {
  return { name: 'made', classes: train.classes, inputShape: train.inputShape, train, test, notes: ['not stored'] };
}

/** Counts what goes through it, and may hurt what it reads. */
class WatchedStore extends MemoryStore {
  bytesRead = 0;
  reads = 0;
  writes = 0;
  atOnce = 0;
  mostAtOnce = 0;
  hurt: (key: string, start: number, bytes: Uint8Array) => void = () => {};

  override async write(key: string, bytes: Uint8Array): Promise<void> {
    this.writes++;
    return super.write(key, bytes);
  }

  override async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    this.atOnce--;
    this.reads++;
    this.bytesRead += end - start;
    const bytes = await super.readRange(key, start, end);
    this.hurt(key, start, bytes);
    return bytes;
  }

  override async read(key: string): Promise<Uint8Array> {
    const bytes = await super.read(key);
    this.bytesRead += bytes.length;
    return bytes;
  }
}

const open = async (store: ObjectStore, data: LoadedDataset): ReturnType<typeof openDataset> =>
  openDataset(store, await writeDataset(store, data));

test.each(['uint8', 'float64'] as const)('any rows in any order come back as they were: %s', async (storedAs) => {
  const all = samples(500, 130, storedAs);
  const store = new MemoryStore();
  const { train, test } = await open(store, dataset(all));
  expect(test).toBeNull();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 499 })), async (rows) => {
      expect(await readRows(store, train, Int32Array.from(rows))).toEqual({
        ...selectRows(all, rows),
        columns: undefined,
      });
    }),
    { numRuns: 50 },
  );
});

test('the manifest carries all but the features', async () => {
  const train = {
    ...samples(50, 3, 'float64'),
    columns: ['x', 'y', 'z'].map(
      (name) => ({ kind: 'number', name, low: 0, high: 1, fill: 0, sd: 1, integer: false }) as const,
    ),
  };
  const test = samples(20, 3, 'float64');
  const opened = await open(new MemoryStore(), dataset(train, test));
  const { features: _features, ...rest } = train;
  expect(opened.train).toMatchObject(rest);
  expect(opened.test!.labels).toEqual(test.labels);
  expect(opened).toMatchObject({ name: 'made', classes: ['a', 'b', 'c'], inputShape: [3] });
});

test('writing the same data again writes nothing and gives the same reference', async () => {
  const store = new WatchedStore();
  const first = await writeDataset(store, dataset(samples(100, 10, 'uint8'), samples(30, 10, 'uint8')));
  const { writes } = store;
  const second = await writeDataset(store, {
    ...dataset(samples(100, 10, 'uint8'), samples(30, 10, 'uint8')),
    notes: [],
  });
  expect(second).toEqual(first);
  expect(store.writes).toBe(writes);
  expect(writes).toBe(5);
});

test('80 of 60,000 rows cost a small share of the bytes, labels and hashes included', async () => {
  const store = new WatchedStore();
  const all = {
    ...samples(60_000, 1, 'uint8'),
    size: 784,
    inputShape: [1, 28, 28],
    features: new Uint8Array(60_000 * 784).fill(7),
  };
  const manifest = await writeDataset(store, dataset(all));
  // Writing compares what is there already: these rows make equal objects.
  store.bytesRead = 0;
  const { train } = await openDataset(store, manifest);
  await readRows(
    store,
    train,
    Int32Array.from({ length: 80 }, (_, i) => i * 700),
  );
  expect(store.reads).toBe(80);
  expect(store.mostAtOnce).toBeLessThanOrEqual(4);
  expect(store.bytesRead).toBeLessThan(0.05 * all.features.length);
});

test('all rows are read once, in few requests', async () => {
  const store = new WatchedStore();
  const all = samples(20_000, 784, 'uint8');
  const { train } = await open(store, dataset(all));
  store.bytesRead = 0;
  const read = await readRows(
    store,
    train,
    Int32Array.from({ length: 20_000 }, (_, row) => row),
  );
  expect(Buffer.compare(read.features as Uint8Array, all.features as Uint8Array)).toBe(0);
  expect(store.bytesRead).toBe(all.features.length);
  expect(store.reads).toBeLessThanOrEqual(5);
});

test('a flipped byte is an error that names the object and the rows, if it is in a block that is read', async () => {
  const store = new WatchedStore();
  const { train } = await open(store, dataset(samples(200, 784, 'uint8')));
  const bad = 100 * 784 + 5;
  const flipped = await store.read(train.features[0].key);
  flipped[bad] ^= 1;
  await store.write(train.features[0].key, flipped);
  await expect(readRows(store, train, Int32Array.of(3, 101))).rejects.toMatchObject({ code: 'damaged' });
  await expect(readRows(store, train, Int32Array.of(3, 101))).rejects.toThrow(`${train.features[0].key} in memory:`);
  await expect(readRows(store, train, Int32Array.of(3, 101))).rejects.toThrow('rows 100 to 119');
  expect((await readRows(store, train, Int32Array.of(3, 99, 120))).count).toBe(3);
});

test('bytes hurt on their way are asked for once more', async () => {
  const store = new WatchedStore();
  const all = samples(10, 784, 'uint8');
  const { train } = await open(store, dataset(all));
  let left = 1;
  store.hurt = (_key, _start, bytes) => void (left-- > 0 && (bytes[0] ^= 1));
  expect((await readRows(store, train, Int32Array.of(0))).features).toEqual(selectRows(all, [0]).features);
  expect(store.reads).toBe(2);
});

test('a caching store is asked once for the same rows', async () => {
  const store = new WatchedStore();
  const all = samples(100, 784, 'uint8');
  const cached = new CachedStore(store);
  const { train } = await open(cached, dataset(all));
  const rows = Int32Array.of(70, 3);
  const first = await readRows(cached, train, rows);
  const { reads } = store;
  expect(await readRows(cached, train, rows)).toEqual(first);
  expect(store.reads).toBe(reads);
  expect(first.features).toEqual(selectRows(all, rows).features);
});

test('a row that is not there, and a reference to something else, are errors', async () => {
  const store = new MemoryStore();
  const { train } = await open(store, dataset(samples(10, 4, 'uint8')));
  for (const row of [-1, 10])
    await expect(readRows(store, train, Int32Array.of(row))).rejects.toMatchObject({ code: 'bad-input' });
  expect((await readRows(store, train, new Int32Array(0))).count).toBe(0);
  await expect(openDataset(store, await putDocument(store, 'other', { format: 'x' }))).rejects.toMatchObject({
    code: 'damaged',
  });
});

test('rows that are written while they are computed are the table of the same rows at once, in objects of at most 16 MiB', async () => {
  const small = samples(22_000, 1, 'uint8');
  const all = {
    ...small,
    size: 784,
    inputShape: [784],
    features: Uint8Array.from({ length: 22_000 * 784 }, (_, at) => at % 251),
  };
  const store = new MemoryStore();
  const { name, classes, inputShape, scale } = all;
  async function* chunks(): AsyncGenerator<RowChunk> {
    for (let from = 0; from < all.count; from += 7_777) {
      yield {
        features: all.features.subarray(from * 784, (from + 7_777) * 784),
        labels: all.labels.subarray(from, from + 7_777),
      };
    }
  }
  const derived = await writeDerivedDataset(store, { name, classes, inputShape, scale, storedAs: 'uint8' }, chunks());
  expect(derived).toEqual(await writeDataset(store, dataset(all)));
  const { train } = await openDataset(store, derived);
  expect(train.features.length).toBe(2);
  expect(Math.max(...train.features.map(({ bytes }) => bytes))).toBeLessThanOrEqual(16 * 1024 * 1024);
  const rows = Int32Array.from({ length: 22_000 }, (_, at) => 21_999 - at);
  expect(
    Buffer.compare(
      (await readRows(store, train, rows)).features as Uint8Array,
      selectRows(all, rows).features as Uint8Array,
    ),
  ).toBe(0);
});
