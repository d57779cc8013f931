import { AssertionError } from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { conformanceCases } from './conformance-cases.js';
import { MemoryStore } from './memory-store.js';
import type { ObjectStore } from './object-store.js';

/** Stores that each break one law: the suite is worth something only when it says so. */
const broken: readonly { fault: string; law: string; store: () => ObjectStore }[] = [
  {
    fault: 'cuts large objects',
    law: 'keeps an object of 5 MB',
    store: () =>
      new (class extends MemoryStore {
        override write(key: string, bytes: Uint8Array) {
          return super.write(key, bytes.subarray(0, 2 ** 20));
        }
      })(),
  },
  {
    fault: 'gives a short range as if it were all',
    law: 'says damaged for a range that ends behind the object',
    store: () =>
      new (class extends MemoryStore {
        override async readRange(key: string, start: number, end: number) {
          return (await this.read(key)).slice(start, end);
        }
      })(),
  },
  {
    fault: 'stops after one page of keys',
    law: 'lists more than 1000 keys',
    store: () =>
      new (class extends MemoryStore {
        override async *list(prefix: string) {
          let left = 1000;
          for await (const key of super.list(prefix)) if (left-- > 0) yield key;
        }
      })(),
  },
  {
    fault: 'lists folder by folder',
    law: 'lists keys by prefix, in code-unit order',
    store: () =>
      new (class extends MemoryStore {
        override async *list(prefix: string) {
          const keys: string[] = [];
          for await (const key of super.list(prefix)) keys.push(key);
          yield* keys.sort((a, b) => (a.replaceAll('/', '\0') < b.replaceAll('/', '\0') ? -1 : 1));
        }
      })(),
  },
  {
    fault: 'shows an object while it is written',
    law: 'never shows a half-written object',
    store: () =>
      new (class extends MemoryStore {
        override async write(key: string, bytes: Uint8Array) {
          await super.write(key, bytes.subarray(0, bytes.length / 2));
          for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
          await super.write(key, bytes);
        }
      })(),
  },
  {
    fault: 'looks first and writes then',
    law: 'writes a new key once, whichever writer is first',
    store: () =>
      new (class extends MemoryStore {
        override async writeNew(key: string, bytes: Uint8Array) {
          const isThere = await this.has(key);
          if (!isThere) await this.write(key, bytes);
          return !isThere;
        }
      })(),
  },
  {
    fault: 'keeps the memory of the writer',
    law: 'gives bytes that belong to the reader, and keeps none of the writer',
    store: () => {
      const kept = new Map<string, Uint8Array>();
      return new (class extends MemoryStore {
        override async write(key: string, bytes: Uint8Array) {
          kept.set(key, bytes);
        }
        override async read(key: string) {
          return kept.get(key)!;
        }
      })();
    },
  },
];

describe('the conformance suite finds a store that', () => {
  test.each(broken)('$fault', async ({ law, store }) => {
    const found = conformanceCases.find((one) => one.law === law);
    await expect(found?.check(store())).rejects.toBeInstanceOf(AssertionError);
    await expect(found?.check(new MemoryStore())).resolves.toBeUndefined();
  });
});
