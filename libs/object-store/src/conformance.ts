import { describe, test } from 'vitest';
import { conformanceCases } from './conformance-cases.js';
import type { ObjectStore } from './object-store.js';

/**
 * The suite that every adapter runs from one of its own test files. Needs vitest.
 * @param makeStore gives a new, empty store for each case, or one that no other case writes into
 */
export function objectStoreConformance(name: string, makeStore: () => ObjectStore | Promise<ObjectStore>): void {
  describe(`object store conformance: ${name}`, () => {
    for (const { law, check } of conformanceCases) test(law, async () => check(await makeStore()));
  });
}
