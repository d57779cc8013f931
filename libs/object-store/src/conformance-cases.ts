import { deepStrictEqual, equal, ok, rejects } from 'node:assert/strict';
import type { ObjectStore } from './object-store.js';
import { ObjectStoreError, type ObjectStoreErrorCode } from './object-store-error.js';

/**
 * One law that holds for every store. `check` gets an empty store and throws an AssertionError if the law is violated.
 */
export interface ConformanceCase {
  readonly law: string;
  readonly check: (store: ObjectStore) => Promise<void>;
}

/** One more than a page of S3's list. */
const MANY = 1001;

export const conformanceCases: readonly ConformanceCase[] = [
  {
    law: 'reads back what was written',
    async check(store) {
      await store.write('a/b.c/D_e-1', noise(1000, 1));
      same(await store.read('a/b.c/D_e-1'), noise(1000, 1));
      equal(await store.has('a/b.c/D_e-1'), true);
      equal(await store.size('a/b.c/D_e-1'), 1000);
    },
  },
  {
    law: 'gives bytes that belong to the reader, and keeps none of the writer',
    async check(store) {
      const written = noise(64, 2);
      await store.write('own', written);
      written.fill(0);
      const read = await store.read('own');
      equal(read.constructor, Uint8Array);
      equal(read.buffer.byteLength, 64);
      read.fill(0);
      same(await store.read('own'), noise(64, 2));
    },
  },
  {
    law: 'writes a view of a larger buffer as the view alone',
    async check(store) {
      await store.write('view', noise(300, 3).subarray(100, 200));
      same(await store.read('view'), noise(300, 3).slice(100, 200));
    },
  },
  {
    law: 'keeps an empty object',
    async check(store) {
      await store.write('empty', new Uint8Array(0));
      same(await store.read('empty'), new Uint8Array(0));
      same(await store.readRange('empty', 0, 0), new Uint8Array(0));
      equal(await store.has('empty'), true);
      equal(await store.size('empty'), 0);
    },
  },
  {
    law: 'keeps an object of 5 MB',
    async check(store) {
      const bytes = noise(5_000_000, 4);
      await store.write('large', bytes);
      same(await store.read('large'), bytes);
      same(await store.readRange('large', 3_999_999, 4_500_001), bytes.slice(3_999_999, 4_500_001));
    },
  },
  {
    law: 'reads ranges up to both edges',
    async check(store) {
      const bytes = noise(100, 5);
      await store.write('ranges', bytes);
      for (const [start, end] of [
        [0, 100],
        [0, 1],
        [99, 100],
        [37, 38],
        [10, 90],
        [0, 0],
        [50, 50],
        [100, 100],
      ]) {
        same(await store.readRange('ranges', start, end), bytes.slice(start, end));
      }
    },
  },
  {
    law: 'says damaged for a range that ends behind the object',
    async check(store) {
      await store.write('short', noise(100, 6));
      for (const [start, end] of [
        [0, 101],
        [99, 200],
        [100, 101],
        [150, 160],
        [101, 101],
      ]) {
        await failsWith('damaged', 'short', () => store.readRange('short', start, end));
      }
    },
  },
  {
    law: 'refuses a range that is none',
    async check(store) {
      await store.write('ranges', noise(10, 7));
      for (const [start, end] of [
        [-1, 5],
        [5, 4],
        [0.5, 2],
        [0, NaN],
      ]) {
        await failsWith('refused', 'ranges', () => store.readRange('ranges', start, end));
      }
    },
  },
  {
    law: 'says missing for an object that is not there',
    async check(store) {
      await store.write('folder/there', noise(1, 8));
      for (const key of ['nowhere', 'folder', 'folder/not', 'folder/there/below']) {
        await failsWith('missing', key, () => store.read(key));
        await failsWith('missing', key, () => store.readRange(key, 0, 1));
        await failsWith('missing', key, () => store.readRange(key, 0, 0));
        equal(await store.has(key), false);
        equal(await store.size(key), undefined);
      }
    },
  },
  {
    law: 'writes a key again',
    async check(store) {
      await store.write('again', noise(50, 9));
      await store.write('again', noise(50, 9));
      same(await store.read('again'), noise(50, 9));
      deepStrictEqual(await keys(store, ''), ['again']);
    },
  },
  {
    law: 'writes a new key once, whichever writer is first',
    async check(store) {
      equal(await store.writeNew('new/one', noise(50, 14)), true);
      equal(await store.writeNew('new/one', noise(50, 15)), false);
      same(await store.read('new/one'), noise(50, 14));
      const many = Array.from({ length: 12 }, (_, i) => store.writeNew('new/race', noise(50, 20 + i)));
      const winners = (await Promise.all(many)).flatMap((written, i) => (written ? [i] : []));
      equal(winners.length, 1, `${winners.length} writers of one new object got the answer that they wrote it`);
      same(await store.read('new/race'), noise(50, 20 + winners[0]));
      deepStrictEqual(await keys(store, ''), ['new/one', 'new/race']);
      await failsWith('refused', '"../up"', () => store.writeNew('../up', noise(5, 16)));
    },
  },
  {
    law: 'removes an object, and what is not there without complaint',
    async check(store) {
      await store.write('gone', noise(5, 10));
      await store.remove('gone');
      equal(await store.has('gone'), false);
      await failsWith('missing', 'gone', () => store.read('gone'));
      await store.remove('gone');
      await store.remove('never/there');
      deepStrictEqual(await keys(store, ''), []);
    },
  },
  {
    law: 'refuses keys that could leave the store or mean two things',
    async check(store) {
      const bad = [
        '',
        '/',
        '/absolute',
        'end/',
        'a//b',
        '..',
        '../up',
        'a/../b',
        'a/..',
        '.',
        'a/./b',
        'a\\b',
        '..\\up',
        'C:x',
      ];
      for (const key of bad) await refusesKey(store, key);
    },
  },
  {
    law: 'refuses characters that not every store can keep',
    async check(store) {
      const bad = [
        'ä',
        'a/ñ',
        '日本',
        'a b',
        'a\nb',
        'a\0b',
        'a%2e',
        'a?b',
        'a#b',
        'a*',
        '~a',
        'a:b',
        'x'.repeat(201),
        'xy/'.repeat(300) + 'z',
      ];
      for (const key of bad) await refusesKey(store, key);
    },
  },
  {
    law: 'lists keys by prefix, in code-unit order',
    async check(store) {
      // "." and "-" sort before "/", "0" and letters after it: a walk folder by folder gets this wrong.
      const written = ['b/x', 'b.c', 'b-c/y', 'b0', 'B/z', 'a/2', 'a/10', 'a/b/c', 'ab'];
      for (const key of written) await store.write(key, noise(3, 11));
      deepStrictEqual(await keys(store, ''), [...written].sort());
      deepStrictEqual(await keys(store, 'b'), ['b-c/y', 'b.c', 'b/x', 'b0']);
      deepStrictEqual(await keys(store, 'a/'), ['a/10', 'a/2', 'a/b/c']);
      deepStrictEqual(await keys(store, 'a/b'), ['a/b/c']);
      deepStrictEqual(await keys(store, 'a'), ['a/10', 'a/2', 'a/b/c', 'ab']);
      deepStrictEqual(await keys(store, 'a/b/c'), ['a/b/c']);
      deepStrictEqual(await keys(store, 'nowhere/'), []);
      for (const prefix of ['../', '/a', 'a//', 'ä']) await failsWith('refused', '', () => keys(store, prefix));
    },
  },
  {
    law: `lists more than ${MANY - 1} keys`,
    async check(store) {
      const written = Array.from({ length: MANY }, (_, i) => `many/${String(i).padStart(5, '0')}`);
      await inParallel(written, (key) => store.write(key, Uint8Array.of(1)));
      deepStrictEqual(await keys(store, 'many/'), written);
    },
  },
  {
    law: 'takes concurrent writers of one object',
    async check(store) {
      await Promise.all(Array.from({ length: 20 }, () => store.write('race/same', noise(100_000, 12))));
      same(await store.read('race/same'), noise(100_000, 12));
      deepStrictEqual(await keys(store, ''), ['race/same']);
    },
  },
  {
    law: 'never shows a half-written object',
    async check(store) {
      const bytes = noise(2_000_000, 13);
      for (let round = 0; round < 4; round++) {
        let writing = true;
        const writer = Promise.all([store.write(`slow/${round}`, bytes), store.write(`slow/${round}`, bytes)]).finally(
          () => (writing = false),
        );
        while (writing) {
          const size = await store.size(`slow/${round}`);
          ok(
            size === undefined || size === bytes.length,
            `an object of ${bytes.length} bytes shows ${size} while it is written`,
          );
          if (size !== undefined) same(await store.read(`slow/${round}`), bytes);
          for (const key of await keys(store, 'slow/')) equal(await store.size(key), bytes.length);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await writer;
      }
    },
  },
];

/** Reproducible bytes without a pattern that a cut or a shift would keep. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2654435761 + 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Compares without printing megabytes. */
function same(actual: Uint8Array, expected: Uint8Array): void {
  equal(actual.length, expected.length, `${actual.length} bytes instead of ${expected.length}`);
  equal(Buffer.compare(actual, expected), 0, `other bytes than the ${expected.length} written`);
}

async function keys(store: ObjectStore, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const key of store.list(prefix)) found.push(key);
  return found;
}

async function failsWith(code: ObjectStoreErrorCode, named: string, action: () => Promise<unknown>): Promise<void> {
  await rejects(action, (error) => {
    ok(error instanceof ObjectStoreError, `${String(error)} is no ObjectStoreError`);
    equal(error.code, code, `code ${error.code} instead of ${code}: ${error.message}`);
    ok(error.message.includes(named), `"${error.message}" does not name ${named}`);
    return true;
  });
}

async function refusesKey(store: ObjectStore, key: string): Promise<void> {
  await failsWith('refused', JSON.stringify(key), () => store.write(key, Uint8Array.of(1)));
  await failsWith('refused', JSON.stringify(key), () => store.read(key));
  await failsWith('refused', JSON.stringify(key), () => store.readRange(key, 0, 1));
  await failsWith('refused', JSON.stringify(key), () => store.has(key));
  await failsWith('refused', JSON.stringify(key), () => store.size(key));
  await failsWith('refused', JSON.stringify(key), () => store.remove(key));
}

async function inParallel<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const next = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await action(item);
  };
  await Promise.all(Array.from({ length: 16 }, next));
}
